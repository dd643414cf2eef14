// Time lost on the way: failed tries and the waits after them, rate limits, fallbacks; and the percentiles without it.
import { useQuery } from "@tanstack/react-query";
import { LEVELS, type LostAnswer, type LostGroup, lost } from "../../api/latency";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { tracesOf } from "../../parts/asked";
import { ShareBar } from "../../parts/Figures";
import { count, duration, percent, UNKNOWN } from "../../parts/format";
import { Frame } from "./Frame";
import { useLatency } from "./state";

const keyOf = (row: LostGroup) => JSON.stringify([row.stage, row.model, row.error_type, row.then]);

export function Lost() {
  const { asked } = useLatency();
  const found = useQuery(lost(asked));
  return (
    <Frame
      tab="lost"
      what="what was lost"
      query={found}
      table={{ path: "/latency/lost", params: { ...asked, limit: 500 } }}
      isEmpty={(answer) => answer.n === 0}
      empty="No settled request with a root is here yet."
    >
      {(answer) => <Shown answer={answer} />}
    </Frame>
  );
}

function Shown({ answer }: { answer: LostAnswer }) {
  const { search, change, navigate } = useLatency();
  const tile = (label: string, value: string, beside?: string) => (
    <dl className="tile" key={label}>
      <dt>{label}</dt>
      <dd>{value}</dd>
      {beside && <dd className="beside muted">{beside}</dd>}
    </dl>
  );
  return (
    <>
      <div className="tiles">
        {tile("Lost in all", duration(answer.lost_ns), `${percent(answer.share)} of what requests took`)}
        {tile("Requests that lost", count(answer.requests_with), `of ${count(answer.requests)}`)}
        {tile("In failed tries", duration(answer.failed_ns))}
        {tile("Waiting for the next try", duration(answer.backoff_ns))}
        {tile("To rate limits", duration(answer.rate_limited_ns))}
        {tile("Before a fallback", duration(answer.fallback_ns))}
      </div>
      <table className="versus" aria-label="Percentiles with and without what was lost">
        <thead>
          <tr>
            <th>Requests take</th>
            {LEVELS.map((level) => (
              <th key={level} className="num">
                {level.toUpperCase()}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(["now", "without"] as const).map((side) => (
            <tr key={side}>
              <th scope="row">{side === "now" ? "as they are" : "had nothing been lost"}</th>
              {LEVELS.map((level) => (
                <td key={level} className="num">
                  {answer.enough[level] ? duration(answer[side][level]) : <span className="muted">too few</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {answer.groups.length === 0 ? (
        <p className="muted">No call to a model failed here.</p>
      ) : (
        <section className="scrolled">
          <DataTable
            label="Time lost"
            columns={COLUMNS}
            rows={answer.groups}
            keyOf={keyOf}
            sort={search.sort}
            onSort={(sort) => change({ sort }, true)}
            onOpen={(row) => navigate({ to: "/traces", search: tracesOf(search, answer.window, row.filter) })}
            keys
          />
        </section>
      )}
    </>
  );
}

const COLUMNS: DataColumn<LostGroup>[] = [
  { id: "error", title: "Failed with", sort: (r) => r.error_type, cell: (r) => r.error_type ?? UNKNOWN },
  {
    id: "then",
    title: "Then",
    sort: (r) => r.then,
    cell: (r) => <span data-tone={r.then === "gave up" ? "bad" : undefined}>{r.then}</span>,
  },
  { id: "stage", title: "Stage", sort: (r) => r.stage, cell: (r) => <span className="cut">{r.stage}</span> },
  { id: "model", title: "Model", sort: (r) => r.model, cell: (r) => <span className="cut">{r.model ?? UNKNOWN}</span> },
  { id: "calls", title: "Calls", numeric: true, sort: (r) => r.calls, cell: (r) => count(r.calls) },
  { id: "requests", title: "Requests", numeric: true, sort: (r) => r.requests, cell: (r) => count(r.requests) },
  {
    id: "lost",
    title: "Took",
    hint: "The failed tries and the waits after them",
    numeric: true,
    sort: (r) => r.lost_ns,
    cell: (r) => (
      <span className="barred">
        <ShareBar share={r.share} /> {duration(r.lost_ns)}
      </span>
    ),
  },
  { id: "failed", title: "in tries", numeric: true, sort: (r) => r.failed_ns, cell: (r) => duration(r.failed_ns) },
  { id: "backoff", title: "waiting", numeric: true, sort: (r) => r.backoff_ns, cell: (r) => duration(r.backoff_ns) },
  {
    id: "p95",
    title: "P95 of one",
    numeric: true,
    sort: (r) => (r.calls >= 100 ? r.p95_ns : null),
    cell: (r) => (r.calls >= 100 ? duration(r.p95_ns) : <span className="muted">too few</span>),
  },
  { id: "max", title: "Max", numeric: true, sort: (r) => r.max_ns, cell: (r) => duration(r.max_ns) },
];
