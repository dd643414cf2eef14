// The map of hops: every stage as a box, what runs inside what as a line, and hops that some requests lack and their like have.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type HopEdge, type HopsAnswer, hops, type MissingHop } from "../../api/reliability";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { tracesOf, type Window } from "../../parts/asked";
import { Named, TraceIds } from "../../parts/Figures";
import { count, duration, percent, UNKNOWN } from "../../parts/format";
import { Kind } from "../../parts/Marks";
import { Share } from "./Figures";
import { Frame } from "./Frame";
import { HopMap } from "./HopMap";
import { idOf } from "./layout";
import { useReliability } from "./state";

export function Hops() {
  const { asked } = useReliability();
  const found = useQuery(hops(asked));
  return (
    <Frame
      tab="map"
      what="the hops"
      query={found}
      table={{ path: "/reliability/hops", params: asked }}
      isEmpty={(answer) => answer.nodes.length === 0}
      empty="No settled span is here yet."
    >
      {(answer) => <Mapped answer={answer} />}
    </Frame>
  );
}

function Mapped({ answer }: { answer: HopsAnswer }) {
  const { search, change, navigate } = useReliability();
  const columns = useMemo(() => edgeColumns(answer.window), [answer]);
  const shown = answer.edges.filter(
    (edge) => !search.hop || idOf(edge.to) === search.hop || (edge.from && idOf(edge.from) === search.hop),
  );
  const open = (filter: string) => navigate({ to: "/traces", search: tracesOf(search, answer.window, filter) });
  return (
    <>
      {answer.one_in > 1 && <p className="note">One request in {count(answer.one_in)} was looked at; the counts are of those.</p>}
      <HopMap
        answer={answer}
        chosen={search.hop ?? null}
        onChoose={(hop) => change({ hop: hop ?? undefined }, true)}
        onOpen={open}
      />
      {answer.missing.length > 0 && (
        <section className="scrolled">
          <h2>Missing hops</h2>
          <p className="muted">
            Most requests of these tasks make the hop, these did not: each is a place where something may have been skipped.
          </p>
          <DataTable label="Missing hops" columns={MISSING} rows={answer.missing} keyOf={(row) => `${row.task} ${idOf(row)}`} />
        </section>
      )}
      <section className="scrolled">
        <h2>{search.hop ? `Into and out of ${search.hop.slice(search.hop.indexOf("/") + 1)}` : "Every hop"}</h2>
        <DataTable
          label="Hops"
          columns={columns}
          rows={shown}
          keyOf={(row) => `${row.from ? idOf(row.from) : ""} → ${idOf(row.to)}`}
          sort={search.sort}
          onSort={(sort) => change({ sort }, true)}
          onOpen={(row) => open(row.filter)}
          keys
        />
      </section>
    </>
  );
}

function edgeColumns(window: Window): DataColumn<HopEdge>[] {
  return [
    {
      id: "from",
      title: "Inside",
      sort: (row) => row.from?.stage ?? "",
      cell: (row) => row.from?.stage ?? <i className="muted">the request</i>,
    },
    {
      id: "to",
      title: "Hop",
      sort: (row) => row.to.stage,
      cell: (row) => (
        <span className="named">
          <Kind kind={row.to.kind} /> <Named name={row.to.stage} window={window} filter={row.filter} />
        </span>
      ),
    },
    { id: "calls", title: "Calls", numeric: true, sort: (row) => row.calls, cell: (row) => count(row.calls) },
    { id: "traces", title: "Requests", numeric: true, sort: (row) => row.traces, cell: (row) => count(row.traces) },
    {
      id: "failed",
      title: "Failed",
      numeric: true,
      sort: (row) => row.failed.share,
      cell: (row) => <Share of={row.failed} />,
    },
    {
      id: "errors",
      title: "began here",
      hint: "Errors that began at this hop, not below it",
      numeric: true,
      sort: (row) => row.errors,
      cell: (row) => count(row.errors),
    },
    {
      id: "silent",
      title: "Silent",
      numeric: true,
      sort: (row) => row.silent_failures.of,
      cell: (row) => count(row.silent_failures.of),
    },
    { id: "p50", title: "P50", numeric: true, sort: (row) => row.p50_ns, cell: (row) => duration(row.p50_ns) },
    {
      id: "p95",
      title: "P95",
      numeric: true,
      sort: (row) => (row.enough ? row.p95_ns : null),
      cell: (row) =>
        row.enough ? (
          duration(row.p95_ns)
        ) : (
          <span className="muted" title={`from 100 on; ${count(row.timed)} are here`}>
            {UNKNOWN}
          </span>
        ),
    },
  ];
}

const MISSING: DataColumn<MissingHop>[] = [
  { id: "task", title: "Task", cell: (row) => row.task },
  {
    id: "hop",
    title: "Hop",
    cell: (row) => (
      <span className="named">
        <Kind kind={row.kind} /> {row.stage}
      </span>
    ),
  },
  { id: "share", title: "Have it", numeric: true, cell: (row) => percent(row.requests.share) },
  { id: "without", title: "Without it", numeric: true, cell: (row) => count(row.without) },
  {
    id: "failed",
    title: "of those failed",
    numeric: true,
    cell: (row) => (row.without_failed ? <b data-tone="bad">{count(row.without_failed)}</b> : <span className="muted">0</span>),
  },
  { id: "ids", title: "The latest", wide: true, cell: (row) => <TraceIds ids={row.trace_ids.slice(0, 6)} /> },
];
