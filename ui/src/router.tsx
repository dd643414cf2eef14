// Every view and the shape of its URL.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { Empty, Failed } from "./kit/States";
import { VIEWS, type View } from "./parts/views";
import { validate as validateEconomics } from "./screens/economics/url";
import { validate as validateJudges } from "./screens/judges/url";
import { validate as validateLatency } from "./screens/latency/url";
import { validate as validateQuality } from "./screens/quality/url";
import { validate as validateReliability } from "./screens/reliability/url";
import { validate as validateReview } from "./screens/review/url";
import { Shell } from "./screens/Shell";
import { TracesScreen } from "./screens/traces/TracesScreen";
import { validate } from "./screens/traces/url";

const text = (value: unknown) => (typeof value === "string" || typeof value === "number" ? String(value) : undefined);
const project = (said: Record<string, unknown>): { project?: string } => {
  const name = text(said.project);
  return name ? { project: name } : {};
};

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => <Empty title="There is nothing here" />,
  errorComponent: ({ error }) => <Failed error={error instanceof Error ? error : new Error(String(error))} />,
});
const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: project,
  beforeLoad: ({ search }) => {
    throw redirect({ to: "/traces", search });
  },
});
const traces = createRoute({ getParentRoute: () => root, path: "/traces", component: TracesScreen, validateSearch: validate });
type TraceSearch = { project?: string; span?: string; view?: View; http?: boolean; costs?: boolean };
const trace = createRoute({
  getParentRoute: () => root,
  path: "/traces/$id",
  component: lazyRouteComponent(() => import("./screens/trace/TraceScreen"), "TraceScreen"),
  validateSearch: (said: Record<string, unknown>): TraceSearch => {
    const span = text(said.span);
    const view = VIEWS.find((name) => name === said.view);
    return {
      ...project(said),
      ...(span && { span }),
      ...(view && { view }),
      ...(said.http === true && { http: true }),
      ...(said.costs === false && { costs: false }),
    };
  },
});
const ledger = createRoute({
  getParentRoute: () => root,
  path: "/ledger",
  component: lazyRouteComponent(() => import("./screens/ledger/LedgerScreen"), "LedgerScreen"),
  validateSearch: project,
});
const economics = createRoute({
  getParentRoute: () => root,
  path: "/economics",
  validateSearch: validateEconomics,
  beforeLoad: ({ search }) => {
    throw redirect({ to: "/economics/$tab", params: { tab: "spend" }, search, replace: true });
  },
});
const economicsTab = createRoute({
  getParentRoute: () => root,
  path: "/economics/$tab",
  component: lazyRouteComponent(() => import("./screens/economics/EconomicsScreen"), "EconomicsScreen"),
  validateSearch: validateEconomics,
});
const reliability = createRoute({
  getParentRoute: () => root,
  path: "/reliability",
  validateSearch: validateReliability,
  beforeLoad: ({ search }) => {
    throw redirect({ to: "/reliability/$tab", params: { tab: "errors" }, search, replace: true });
  },
});
const reliabilityTab = createRoute({
  getParentRoute: () => root,
  path: "/reliability/$tab",
  component: lazyRouteComponent(() => import("./screens/reliability/ReliabilityScreen"), "ReliabilityScreen"),
  validateSearch: validateReliability,
});

const latency = createRoute({
  getParentRoute: () => root,
  path: "/latency",
  validateSearch: validateLatency,
  beforeLoad: ({ search }) => {
    throw redirect({ to: "/latency/$tab", params: { tab: "percentiles" }, search, replace: true });
  },
});
const latencyTab = createRoute({
  getParentRoute: () => root,
  path: "/latency/$tab",
  component: lazyRouteComponent(() => import("./screens/latency/LatencyScreen"), "LatencyScreen"),
  validateSearch: validateLatency,
});

const judges = createRoute({
  getParentRoute: () => root,
  path: "/judges",
  component: lazyRouteComponent(() => import("./screens/judges/JudgesScreen"), "JudgesScreen"),
  validateSearch: validateJudges,
});
const newJudge = createRoute({
  getParentRoute: () => root,
  path: "/judges/new",
  component: lazyRouteComponent(() => import("./screens/judges/JudgeScreen"), "NewJudge"),
  validateSearch: validateJudges,
});
const oneJudge = createRoute({
  getParentRoute: () => root,
  path: "/judges/$judge",
  component: lazyRouteComponent(() => import("./screens/judges/JudgeScreen"), "JudgeScreen"),
  validateSearch: validateJudges,
});
const quality = createRoute({
  getParentRoute: () => root,
  path: "/quality",
  validateSearch: validateQuality,
  beforeLoad: ({ search }) => {
    throw redirect({ to: "/quality/$tab", params: { tab: "trend" }, search, replace: true });
  },
});
const qualityTab = createRoute({
  getParentRoute: () => root,
  path: "/quality/$tab",
  component: lazyRouteComponent(() => import("./screens/quality/QualityScreen"), "QualityScreen"),
  validateSearch: validateQuality,
});
const judgeCalibration = createRoute({
  getParentRoute: () => root,
  path: "/quality/calibration/$judge",
  component: lazyRouteComponent(() => import("./screens/quality/Calibration"), "CalibrationScreen"),
  validateSearch: validateQuality,
});
const reviews = createRoute({
  getParentRoute: () => root,
  path: "/review",
  component: lazyRouteComponent(() => import("./screens/review/Reviews"), "Reviews"),
  validateSearch: validateReview,
});
const review = createRoute({
  getParentRoute: () => root,
  path: "/review/$judge",
  component: lazyRouteComponent(() => import("./screens/review/ReviewScreen"), "ReviewScreen"),
  validateSearch: validateReview,
});

type TrySearch = { project?: string; version?: number; item?: string };
const trying = (said: Record<string, unknown>): TrySearch => {
  const item = text(said.item);
  const version = Number(said.version);
  return { ...project(said), ...(Number.isInteger(version) && version > 0 && { version }), ...(item && { item }) };
};
const datasets = createRoute({
  getParentRoute: () => root,
  path: "/datasets",
  component: lazyRouteComponent(() => import("./screens/datasets/DatasetsScreen"), "DatasetsScreen"),
  validateSearch: project,
});
const dataset = createRoute({
  getParentRoute: () => root,
  path: "/datasets/$id",
  component: lazyRouteComponent(() => import("./screens/datasets/DatasetScreen"), "DatasetScreen"),
  validateSearch: trying,
});
const experiments = createRoute({
  getParentRoute: () => root,
  path: "/experiments",
  component: lazyRouteComponent(() => import("./screens/experiments/ExperimentsScreen"), "ExperimentsScreen"),
  validateSearch: project,
});
const experiment = createRoute({
  getParentRoute: () => root,
  path: "/experiments/$id",
  component: lazyRouteComponent(() => import("./screens/experiments/ExperimentScreen"), "ExperimentScreen"),
  validateSearch: trying,
});
type CompareSearch = { project?: string; first?: string; second?: string; margin?: number; item?: string };
const compare = createRoute({
  getParentRoute: () => root,
  path: "/experiments/compare",
  component: lazyRouteComponent(() => import("./screens/experiments/CompareScreen"), "CompareScreen"),
  validateSearch: (said: Record<string, unknown>): CompareSearch => {
    const [first, second, item] = [text(said.first), text(said.second), text(said.item)];
    const margin = Number(said.margin);
    return {
      ...project(said),
      ...(first && { first }),
      ...(second && { second }),
      ...(margin > 0 && { margin }),
      ...(item && { item }),
    };
  },
});
const liveTests = createRoute({
  getParentRoute: () => root,
  path: "/live-tests",
  component: lazyRouteComponent(() => import("./screens/experiments/LiveTestsScreen"), "LiveTestsScreen"),
  validateSearch: project,
});
const liveTest = createRoute({
  getParentRoute: () => root,
  path: "/live-tests/$id",
  component: lazyRouteComponent(() => import("./screens/experiments/LiveTestScreen"), "LiveTestScreen"),
  validateSearch: project,
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    traces,
    trace,
    economics,
    economicsTab,
    latency,
    latencyTab,
    reliability,
    reliabilityTab,
    judges,
    newJudge,
    oneJudge,
    quality,
    qualityTab,
    judgeCalibration,
    reviews,
    review,
    datasets,
    dataset,
    experiments,
    experiment,
    compare,
    liveTests,
    liveTest,
    ledger,
  ]),
  defaultPreload: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
