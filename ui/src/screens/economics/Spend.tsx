// Where the money goes: in all, per request and session, over time, by groups, and what moved.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { type SpendAnswer, type SpendGroup, spend } from "../../api/economics";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { windowOf } from "../../kit/window";
import { groupsOf, tracesOf } from "../../parts/asked";
import { CostBar } from "../../parts/CostBar";
import { ShareBar, Tile } from "../../parts/Figures";
import { count, percent, short, usd } from "../../parts/format";
import { COLOURS, colourOf, keyOf } from "../../parts/series";
import { comparedColumns, GroupLink, groupColumn, MOST_GROUPS, Moved, numbers, pricedColumn } from "./columns";
import { Change, Priced } from "./Figures";
import { Frame } from "./Frame";
import { QuietBefore, useSpan } from "./QuietBefore";
import { useEconomics } from "./state";

// the figures do not wait for the charting library
const SpendChart = lazy(() => import("./SpendChart").then((module) => ({ default: module.SpendChart })));

export function Spend() {
  const { search, asked } = useEconomics();
  const groups = groupsOf(search.by, "model");
  const { interval } = windowOf(search);
  const question = { ...asked, group_by: groups, ...(interval && { interval }) };
  const found = useQuery(spend(question));
  return (
    <Frame
      tab="spend"
      what="what was spent"
      query={found}
      groups={groups}
      table={{ path: "/economics/spend", params: { ...question, limit: MOST_GROUPS } }}
      isEmpty={(answer) => answer.total.requests === 0 && !answer.previous_total?.requests}
      empty="No request here has said how many tokens it used."
    >
      {(answer) => <Spent answer={answer} by={groups} />}
    </Frame>
  );
}

function Spent({ answer, by }: { answer: SpendAnswer; by: string[] }) {
  const { search, change, navigate } = useEconomics();
  const { window, total, previous_total: before, per_request: each, previous_per_request: eachBefore } = answer;
  const { edges, quietUntil } = useSpan(answer.series, answer.interval);
  const columns = useMemo(() => columnsOf(answer, by, search), [answer, by, search]);
  const open = (row: SpendGroup) =>
    row.filter !== null && navigate({ to: "/traces", search: tracesOf(search, window, row.filter) });
  // a quantile of few is one of them: it says nothing of the rest
  const p = (label: string, least: number, of: "p50" | "p95" | "p99") => {
    const value = each && each.n >= least ? each[of] : null;
    const was = eachBefore && eachBefore.n >= least ? eachBefore[of] : null;
    return (
      <Tile
        label={label}
        value={usd(value)}
        window={window}
        filter={value === null ? "" : `trace.cost_usd >= ${value}`}
        hint="Its traces: those that cost as much or more"
      >
        {value === null ? (
          <span className="muted">
            from {least} requests on; {count(each?.n ?? 0)} are here
          </span>
        ) : (
          <Change now={value} before={was} more="bad" />
        )}
      </Tile>
    );
  };
  return (
    <>
      <div className="tiles">
        <Tile label="Spend" value={usd(total.cost_usd)} window={window}>
          <Change now={total.cost_usd} before={before?.cost_usd} more="bad" /> <Priced share={total.priced_share} />
        </Tile>
        <Tile label="Requests" value={count(total.requests)} window={window}>
          <Change now={total.requests} before={before?.requests} as={count} />
        </Tile>
        <Tile label="Per request, mean" value={usd(each?.mean)} window={window}>
          <Change now={each?.mean} before={eachBefore?.mean} more="bad" />
        </Tile>
        {p("P50", 1, "p50")}
        {p("P95", 100, "p95")}
        {p("P99", 500, "p99")}
        <Tile label="Per session, mean" value={usd(answer.per_session?.mean)} window={window} filter="session_id is not null">
          <span className="muted">
            P95 {usd(answer.per_session?.p95)}, {count(answer.per_session?.n)} sessions
          </span>
        </Tile>
      </div>
      <CostBar
        label="What it was spent on"
        cost={{
          input: total.uncached_input_usd,
          read: total.cache_read_usd,
          write: total.cache_write_usd,
          output: total.output_usd,
          other: total.other_usd,
        }}
      />
      <div className="beside-table">
        {answer.series.length > 0 && (
          <div className="charted">
            <Suspense fallback={<div style={{ height: 250 }} />}>
              <SpendChart
                answer={answer}
                edges={edges}
                onBrush={(from, to) =>
                  change({ from: new Date(from).toISOString(), to: new Date(to).toISOString(), range: undefined })
                }
                onPick={(from, to, filter) => navigate({ to: "/traces", search: tracesOf(search, { from, to }, filter) })}
              />
            </Suspense>
            <QuietBefore until={quietUntil} />
          </div>
        )}
        <Movers answer={answer} />
      </div>
      <section className="scrolled">
        <DataTable
          label={`Spend by ${by.join(", ")}`}
          columns={columns}
          rows={answer.groups}
          keyOf={(row) => keyOf(row.group)}
          sort={search.sort}
          onSort={(sort) => change({ sort }, true)}
          onOpen={open}
          keys
        />
        {answer.more_groups > 0 && (
          <p className="muted">
            {count(answer.more_groups)} more groups; the download has up to {count(MOST_GROUPS)}.
          </p>
        )}
      </section>
    </>
  );
}

function columnsOf(
  answer: SpendAnswer,
  by: string[],
  search: ReturnType<typeof useEconomics>["search"],
): DataColumn<SpendGroup>[] {
  const rank = new Map(answer.groups.map((row, index) => [keyOf(row.group), index]));
  return [
    groupColumn<SpendGroup>(by, search, answer.window, (row) => (
      <i className="dot" style={{ background: `var(${colourOf(rank.get(keyOf(row.group)) ?? COLOURS.length)})` }} />
    )),
    numbers<SpendGroup>(
      "now",
      "Spend",
      (row) => row.now.cost_usd,
      usd,
      (row) => (
        <span className="barred">
          <ShareBar share={row.share} /> {usd(row.now.cost_usd)}
        </span>
      ),
    ),
    numbers<SpendGroup>("share", "Share", (row) => row.share, percent),
    pricedColumn<SpendGroup>(),
    ...comparedColumns<SpendGroup>("Before", (row) => row.before?.cost_usd, "less"),
    numbers<SpendGroup>("each", "Per request", (row) => row.per_request_usd, usd),
    numbers<SpendGroup>("requests", "Requests", (row) => row.now.requests, count),
    numbers<SpendGroup>("calls", "Calls", (row) => row.now.calls, count),
    numbers<SpendGroup>("in", "Tokens in", (row) => row.now.input_tokens, short),
    numbers<SpendGroup>("out", "out", (row) => row.now.output_tokens, short),
  ];
}

/** The five groups whose spend moved most against the window before. */
function Movers({ answer }: { answer: SpendAnswer }) {
  const { search } = useEconomics();
  const moved = answer.groups
    .filter((row) => row.change_usd !== null && row.change_usd !== 0)
    .sort((a, b) => Math.abs(b.change_usd ?? 0) - Math.abs(a.change_usd ?? 0))
    .slice(0, 5);
  if (!answer.previous || !moved.length) return null;
  return (
    <aside className="movers" aria-label="Top movers">
      <h3>Moved most</h3>
      {moved.map((row) => (
        <div key={keyOf(row.group)} className="mover">
          <GroupLink row={row} search={search} window={answer.window} />
          <Moved by={row.change_usd} />
          <span className="muted">
            {usd(row.before?.cost_usd)} → {usd(row.now.cost_usd)}
          </span>
        </div>
      ))}
    </aside>
  );
}
