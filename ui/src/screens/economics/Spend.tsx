// Where the money goes: in all, per request and session, over time, by groups, and what moved.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { type SpendAnswer, type SpendGroup, spend } from "../../api/economics";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { edgesOf, windowOf } from "../../kit/window";
import { CostBar } from "../../parts/CostBar";
import { count, percent, short, UNKNOWN, usd, usdChange } from "../../parts/format";
import { Change, Priced, ShareBar, Tile } from "./Figures";
import { Frame } from "./Frame";
import { COLOURS, colourOf, keyOf } from "./series";
import { useEconomics } from "./state";
import { groupName, groupsOf, tracesOf } from "./url";

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
      table={{ path: "/economics/spend", params: { ...question, limit: 500 } }}
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
  const edges = useMemo<[number, number]>(() => {
    if (search.range !== "all" || search.from) return edgesOf(search);
    const times = answer.series.map((point) => new Date(point.time).getTime());
    return [Math.min(...times), Math.max(...times)];
  }, [search, answer]);
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
        {answer.more_groups > 0 && <p className="muted">{count(answer.more_groups)} more groups; the download has up to 500.</p>}
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
    {
      id: "group",
      title: by.join(", "),
      sort: (row) => groupName(row.group),
      cell: (row) => (
        <span className="named">
          <i className="dot" style={{ background: `var(${colourOf(rank.get(keyOf(row.group)) ?? COLOURS.length)})` }} />
          <GroupLink row={row} search={search} window={answer.window} />
        </span>
      ),
    },
    {
      id: "now",
      title: "Spend",
      numeric: true,
      sort: (row) => row.now.cost_usd,
      cell: (row) => (
        <span className="barred">
          <ShareBar share={row.share} /> {usd(row.now.cost_usd)}
        </span>
      ),
    },
    { id: "share", title: "Share", numeric: true, sort: (row) => row.share, cell: (row) => percent(row.share) },
    {
      id: "priced",
      title: "Priced",
      hint: "The share of its successful calls whose cost is known",
      numeric: true,
      sort: (row) => row.now.priced_share,
      cell: (row) => <PricedCell share={row.now.priced_share} />,
    },
    {
      id: "before",
      title: "Before",
      numeric: true,
      sort: (row) => row.before?.cost_usd ?? null,
      cell: (row) => usd(row.before?.cost_usd),
    },
    { id: "change", title: "Change", numeric: true, sort: (row) => row.change_usd, cell: (row) => <Moved by={row.change_usd} /> },
    {
      id: "each",
      title: "Per request",
      numeric: true,
      sort: (row) => row.per_request_usd,
      cell: (row) => usd(row.per_request_usd),
    },
    { id: "requests", title: "Requests", numeric: true, sort: (row) => row.now.requests, cell: (row) => count(row.now.requests) },
    { id: "calls", title: "Calls", numeric: true, sort: (row) => row.now.calls, cell: (row) => count(row.now.calls) },
    {
      id: "in",
      title: "Tokens in",
      numeric: true,
      sort: (row) => row.now.input_tokens,
      cell: (row) => short(row.now.input_tokens),
    },
    { id: "out", title: "out", numeric: true, sort: (row) => row.now.output_tokens, cell: (row) => short(row.now.output_tokens) },
  ];
}

export function PricedCell({ share }: { share: number | null }) {
  return <span className={share === 1 || share === null ? "muted" : "warned"}>{percent(share)}</span>;
}

type Named = { group: (string | null)[]; filter: string | null };

/** A group's name, and the way to its traces where the filter language can say it. */
export function GroupLink({
  row,
  search,
  window,
}: {
  row: Named;
  search: ReturnType<typeof useEconomics>["search"];
  window: SpendAnswer["window"];
}) {
  const name = groupName(row.group);
  if (row.filter === null)
    return (
      <span className="cut" title="The filter language can't say this group">
        {name}
      </span>
    );
  return (
    <Link className="cut" to="/traces" search={tracesOf(search, window, row.filter)} title={`${name}: its traces`}>
      {name}
    </Link>
  );
}

export function Moved({ by, good = "less" }: { by: number | null; good?: "less" | "more" }) {
  if (by === null) return <span className="muted">{UNKNOWN}</span>;
  const tone = by === 0 ? undefined : by < 0 === (good === "less") ? "good" : "bad";
  return <span data-tone={tone}>{usdChange(by)}</span>;
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
