// What failed and did not say so: by kind, over time, and by groups.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { type SilentAnswer, type SilentKind, silentFailures } from "../../api/reliability";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { windowOf } from "../../kit/window";
import { groupsOf, tracesOf, type Window } from "../../parts/asked";
import { Named, TraceIds } from "../../parts/Figures";
import { count } from "../../parts/format";
import { colourOf, keyOf } from "../../parts/series";
import { caseColumns } from "./Errors";
import { Share } from "./Figures";
import { Frame } from "./Frame";
import { useEdges, useMarkers, useReliability } from "./state";

const CasesChart = lazy(() => import("./CasesChart").then((module) => ({ default: module.CasesChart })));

const AMONG = { calls: "answers", tools: "tool calls", retrievals: "searches" } as const;

export function Silent() {
  const { search, asked } = useReliability();
  const groups = groupsOf(search.by, "stage");
  const { interval } = windowOf(search);
  const question = { ...asked, group_by: groups, ...(interval && { interval }) };
  const found = useQuery(silentFailures(question));
  return (
    <Frame
      tab="silent"
      what="what failed silently"
      query={found}
      groups={groups}
      table={{ path: "/reliability/silent-failures", params: { ...question, limit: 500 } }}
      isEmpty={(answer) => answer.total.spans === 0}
      empty="No settled span is here yet."
    >
      {(answer) => <Unreported answer={answer} by={groups} />}
    </Frame>
  );
}

function Unreported({ answer, by }: { answer: SilentAnswer; by: string[] }) {
  const { search, change, navigate } = useReliability();
  const markers = useMarkers();
  const edges = useEdges(answer.series, answer);
  const kinds = answer.kinds.filter((kind) => kind.cases > 0).sort((a, b) => b.cases - a.cases);
  const rank = new Map(kinds.map((kind, index) => [kind.kind, index]));
  const toTraces = (from: string, to: string, filter: string | null) =>
    navigate({ to: "/traces", search: tracesOf(search, { from, to }, filter ?? "silent_failure is not null") });
  return (
    <>
      {answer.series.length > 0 && (
        <Suspense fallback={<div style={{ height: 220 }} />}>
          <CasesChart
            label="Silent failures over time"
            points={answer.series}
            groups={kinds.map(({ kind, filter }) => ({ group: [kind], filter }))}
            interval={answer.interval}
            edges={edges}
            markers={markers}
            onBrush={(from, to) => toTraces(new Date(from).toISOString(), new Date(to).toISOString(), null)}
            onPick={toTraces}
          />
        </Suspense>
      )}
      <section className="scrolled">
        <DataTable
          label="Silent failures by kind"
          columns={kindColumns(answer.window, rank)}
          rows={answer.kinds}
          keyOf={(row) => row.kind}
          onOpen={(row) => navigate({ to: "/traces", search: tracesOf(search, answer.window, row.filter) })}
          keys
        />
      </section>
      {answer.groups.length > 0 && (
        <section className="scrolled">
          <h2>Where</h2>
          <DataTable
            label={`Silent failures by ${by.join(", ")}`}
            columns={caseColumns(by, answer.groups, answer.window, "Cases")}
            rows={answer.groups}
            keyOf={(row) => keyOf(row.group)}
            sort={search.sort}
            onSort={(sort) => change({ sort }, true)}
            onOpen={(row) =>
              row.filter !== null && navigate({ to: "/traces", search: tracesOf(search, answer.window, row.filter) })
            }
          />
          {answer.more_groups > 0 && <p className="muted">{count(answer.more_groups)} more groups.</p>}
        </section>
      )}
    </>
  );
}

function kindColumns(window: Window, rank: ReadonlyMap<string, number>): DataColumn<SilentKind>[] {
  return [
    {
      id: "kind",
      title: "Kind",
      cell: (row) => (
        <span className="named">
          <i className="dot" style={{ background: row.cases ? `var(${colourOf(rank.get(row.kind) ?? 9)})` : "var(--line)" }} />
          <Named name={row.kind} window={window} filter={row.filter} />
        </span>
      ),
    },
    { id: "meaning", title: "What it is", wide: true, cell: (row) => <span className="muted">{row.meaning}</span> },
    { id: "cases", title: "Cases", numeric: true, cell: (row) => count(row.cases) },
    {
      id: "rate",
      title: "Of",
      numeric: true,
      cell: (row) =>
        row.rate.n === 0 ? (
          <span className="muted">no {AMONG[row.among]}</span>
        ) : (
          <>
            <Share of={row.rate} />{" "}
            <span className="muted">
              of {count(row.rate.n)} {AMONG[row.among]}
            </span>
          </>
        ),
    },
    { id: "traces", title: "Requests", numeric: true, cell: (row) => count(row.traces) },
    { id: "ids", title: "Latest", cell: (row) => <TraceIds ids={row.trace_ids.slice(0, 3)} /> },
  ];
}
