// What it took to get an answer: tries, who stood in for whom, streams that broke off, and what is left of the rate limits.
import { useQuery } from "@tanstack/react-query";
import { type Chain, type Headroom, type RetriesAnswer, retries } from "../../api/reliability";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { Tile, TraceIds } from "../../parts/Figures";
import { clock, count, duration, percent, times, UNKNOWN } from "../../parts/format";
import { between, Share } from "./Figures";
import { Frame } from "./Frame";
import { useReliability } from "./state";

export function Retries() {
  const { asked } = useReliability();
  const found = useQuery(retries(asked));
  return (
    <Frame
      tab="retries"
      what="what was tried again"
      query={found}
      table={{ path: "/reliability/retries", params: asked }}
      isEmpty={(answer) => answer.calls === 0}
      empty="No call of an LLM is here."
    >
      {(answer) => <Tried answer={answer} />}
    </Frame>
  );
}

function Tried({ answer }: { answer: RetriesAnswer }) {
  const { window } = answer;
  return (
    <>
      <div className="tiles">
        <Tile label="Answers asked for" value={count(answer.calls)} window={window} filter="kind = llm">
          <span className="muted">{count(answer.attempts)} attempts</span>
        </Tile>
        <Tile label="Attempts per success" value={times(answer.attempts_per_success)} window={window} filter="attempt > 1">
          <span className="muted">{percent(answer.succeeded.share)} succeeded in the end</span>
        </Tile>
        <Tile label="Tried again" value={percent(answer.retried.share)} window={window} filter="attempt > 1">
          <span className="muted">
            {count(answer.retried.of)}, of which {count(answer.saved_by_retries)} were saved; {between(answer.retried)}
          </span>
        </Tile>
        <Tile label="Fell back" value={percent(answer.fell_back.share)} window={window} filter="fallback_of is not null">
          <span className="muted">
            {count(answer.fell_back.of)}, {count(answer.fell_back_well)} with success
          </span>
        </Tile>
        <Tile label="Waited for it" value={duration(answer.waited.p50_ns)} window={window} filter="attempt > 1">
          <span className="muted">
            P50 until the last try{answer.waited.n >= 100 && `, P95 ${duration(answer.waited.p95_ns)}`}
          </span>
        </Tile>
        <Tile label="Timed out" value={count(answer.timeouts.of)} window={window} filter={answer.timeouts.filter}>
          <span className="muted">{percent(answer.timeouts.share)} of attempts</span>
        </Tile>
        <Tile
          label="Streams cancelled"
          value={count(answer.cancelled_streams.of)}
          window={window}
          filter={answer.cancelled_streams.filter}
        >
          <span className="muted">
            of {count(answer.cancelled_streams.n)}; {count(answer.broken_streams.of)} failed otherwise
          </span>
        </Tile>
      </div>
      <section className="scrolled">
        <h2>Who stood in for whom</h2>
        {answer.chains.length ? (
          <DataTable label="Chains" columns={CHAINS} rows={answer.chains} keyOf={(row) => row.models.join(" → ")} keys />
        ) : (
          <p className="note">Every answer came at the first try.</p>
        )}
      </section>
      <section className="scrolled">
        <h2>Left of the rate limits</h2>
        {answer.headroom.length ? (
          <DataTable
            label="Rate limits"
            columns={HEADROOM}
            rows={answer.headroom}
            keyOf={(row) => `${row.provider} ${row.model} ${row.what}`}
          />
        ) : (
          <p className="note">
            No call here carries its provider's rate-limit headers. Instrumentations send them as{" "}
            <code>http.response.header.x-ratelimit-remaining-requests</code> and its like.
          </p>
        )}
      </section>
    </>
  );
}

const CHAINS: DataColumn<Chain>[] = [
  {
    id: "models",
    title: "Tried, one after the other",
    wide: true,
    cell: (row) =>
      row.models.length === 1 ? (
        <>
          {row.models[0] ?? UNKNOWN} <span className="muted">again</span>
        </>
      ) : (
        <span className="chain">{row.models.map((model) => model ?? UNKNOWN).join(" → ")}</span>
      ),
  },
  { id: "calls", title: "Times", numeric: true, cell: (row) => count(row.calls) },
  { id: "succeeded", title: "With success", numeric: true, cell: (row) => <Share of={row.succeeded} /> },
  { id: "attempts", title: "Attempts", numeric: true, cell: (row) => count(row.attempts) },
  {
    id: "why",
    title: "First failed with",
    cell: (row) => row.first_error && <span className="chip bad">{row.first_error}</span>,
  },
  { id: "waited", title: "Waited, P50", numeric: true, cell: (row) => duration(row.waited_p50_ns) },
  { id: "ids", title: "Latest", cell: (row) => <TraceIds ids={row.trace_ids.slice(0, 3)} /> },
];

const HEADROOM: DataColumn<Headroom>[] = [
  { id: "model", title: "Provider / model", cell: (row) => [row.provider, row.model].filter(Boolean).join(" / ") || UNKNOWN },
  { id: "what", title: "Limit on", cell: (row) => row.what.replace("_", " ") },
  { id: "remaining", title: "Left", numeric: true, cell: (row) => count(row.remaining) },
  { id: "limit", title: "of", numeric: true, cell: (row) => count(row.limit) },
  {
    id: "left",
    title: "Share",
    numeric: true,
    cell: (row) => <span data-tone={row.left !== null && row.left < 0.1 ? "bad" : undefined}>{percent(row.left)}</span>,
  },
  {
    id: "least",
    title: "Least in the window",
    numeric: true,
    cell: (row) => (
      <>
        {count(row.least_remaining)} <span className="muted">{clock(row.least_at)}</span>
      </>
    ),
  },
  { id: "last", title: "Last said", cell: (row) => clock(row.last) },
];
