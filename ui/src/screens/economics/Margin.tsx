// What requests earned against what they cost, the worst first, and what made it so.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type MarginAnswer, type MarginGroup, margin, why } from "../../api/economics";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { useKeys } from "../../kit/useKeys";
import { groupName, groupsOf, tracesOf } from "../../parts/asked";
import { Tile } from "../../parts/Figures";
import { Answered } from "../../parts/Frame";
import { count, percent, usd } from "../../parts/format";
import { keyOf } from "../../parts/series";
import { comparedColumns, groupColumn, MOST_GROUPS, numbers, pricedColumn } from "./columns";
import { Change, Priced } from "./Figures";
import { Frame } from "./Frame";
import { useEconomics } from "./state";
import { Why } from "./Why";

export function Margin() {
  const { search, asked } = useEconomics();
  const groups = groupsOf(search.by, "tenant");
  const question = { ...asked, group_by: groups };
  const found = useQuery(margin(question));
  return (
    <Frame
      tab="margin"
      what="the margins"
      query={found}
      groups={groups}
      table={{ path: "/economics/margin", params: { ...question, limit: MOST_GROUPS } }}
      isEmpty={({ total }) => total.requests === 0}
      empty="There is no request here."
    >
      {(answer) => <Margins answer={answer} by={groups} />}
    </Frame>
  );
}

function Margins({ answer, by }: { answer: MarginAnswer; by: string[] }) {
  const { search, change, navigate } = useEconomics();
  const { window, total, previous_total: before } = answer;
  const [fact] = by;
  const asks = by.length === 1 && fact !== undefined && search.why !== undefined;
  const chosen = asks ? answer.groups.find((row) => row.group[0] === search.why) : undefined;
  const open = (row: MarginGroup) => {
    if (by.length > 1 || row === chosen)
      return row.filter !== null && navigate({ to: "/traces", search: tracesOf(search, window, row.filter) });
    return change({ why: row.group[0] ?? null });
  };
  useKeys({ ...(asks && { Escape: () => change({ why: undefined }) }) });
  // beside the reasons there is room for what they explain
  const narrow = chosen !== undefined;
  const columns = useMemo(
    () => columnsOf(answer, by, search).filter((c) => !narrow || NARROW.has(c.id)),
    [answer, by, search, narrow],
  );
  const noRevenue = total.requests_with_revenue === 0;
  return (
    <>
      <div className="tiles">
        <Tile label="Revenue" value={usd(total.revenue_usd)} window={window} filter="revenue_usd is not null">
          <span className="muted">
            known for {count(total.requests_with_revenue)} of {count(total.requests)} requests
          </span>
        </Tile>
        <Tile label="Cost" value={usd(total.cost_usd)} window={window}>
          <Change now={total.cost_usd} before={before?.cost_usd} more="bad" /> <Priced share={total.priced_share} />
        </Tile>
        <Tile label="Margin" value={usd(total.margin_usd)} window={window} tone={(total.margin_usd ?? 0) < 0 ? "bad" : undefined}>
          <Change now={total.margin_usd} before={before?.margin_usd} more="good" />
        </Tile>
        <Tile label="Margin rate" value={percent(total.margin_rate)} window={window}>
          <Change now={total.margin_rate} before={before?.margin_rate} as={percent} more="good" />
        </Tile>
        <Tile label="Requests at a loss" value={count(total.unprofitable_requests)} window={window} filter="trace.margin_usd < 0">
          <Change now={total.unprofitable_requests} before={before?.unprofitable_requests} as={count} more="bad" />
        </Tile>
      </div>
      {noRevenue && (
        <p className="note">
          No request here says what it earned: send <code>sightline.revenue_usd</code> on the root span, or give a price list per
          tenant or task in the configuration. Until then there are costs and no margins.
        </p>
      )}
      <div className="beside-table">
        <section>
          <DataTable
            label={`Margin by ${by.join(", ")}`}
            columns={columns}
            rows={answer.groups}
            keyOf={(row) => keyOf(row.group)}
            sort={search.sort}
            onSort={(sort) => change({ sort }, true)}
            onOpen={open}
            open={chosen ? keyOf(chosen.group) : null}
            keys
          />
          {answer.more_groups > 0 && (
            <p className="muted">
              {count(answer.more_groups)} more groups; the download has up to {count(MOST_GROUPS)}.
            </p>
          )}
          <p className="muted">
            {by.length > 1
              ? "Worst first. A row leads to its traces."
              : "Worst first. A row says what made it so; its name leads to its traces."}
          </p>
        </section>
        {chosen && fact && <Reasons fact={fact} row={chosen} window={window} />}
      </div>
    </>
  );
}

const NARROW = new Set(["group", "margin", "rate", "revenue", "cost", "requests"]);

function Reasons({ fact, row, window }: { fact: string; row: MarginGroup; window: MarginAnswer["window"] }) {
  const { asked, change } = useEconomics();
  const value = row.group[0];
  const found = useQuery(why({ ...asked, group_by: fact, ...(value != null && { value }) }));
  return (
    <aside className="why" aria-label={`What made ${groupName(row.group)} so`}>
      <header>
        <h2>What made {groupName(row.group)} so</h2>
        <button type="button" className="more" onClick={() => change({ why: undefined })}>
          Close
        </button>
      </header>
      <Answered
        query={found}
        what="the reasons"
        isEmpty={(answer) => answer.requests === 0}
        empty={<p className="muted">It has no request in this window.</p>}
      >
        {(answer) => <Why answer={answer} window={window} />}
      </Answered>
    </aside>
  );
}

function columnsOf(
  answer: MarginAnswer,
  by: string[],
  search: ReturnType<typeof useEconomics>["search"],
): DataColumn<MarginGroup>[] {
  const largest = Math.max(...answer.groups.map((row) => Math.abs(row.now.margin_usd ?? 0)), 1e-12);
  return [
    groupColumn<MarginGroup>(by, search, answer.window),
    numbers<MarginGroup>(
      "margin",
      "Margin",
      (row) => row.now.margin_usd,
      usd,
      (row) => (
        <span className="barred">
          <span className="diverging" aria-hidden="true">
            <i
              data-loss={(row.now.margin_usd ?? 0) < 0}
              style={{ width: `${(Math.abs(row.now.margin_usd ?? 0) / largest) * 50}%` }}
            />
          </span>
          <b data-tone={(row.now.margin_usd ?? 0) < 0 ? "bad" : undefined}>{usd(row.now.margin_usd)}</b>
        </span>
      ),
    ),
    numbers<MarginGroup>("rate", "Rate", (row) => row.now.margin_rate, percent),
    numbers<MarginGroup>("revenue", "Revenue", (row) => row.now.revenue_usd, usd),
    numbers<MarginGroup>("cost", "Cost", (row) => row.now.cost_usd, usd),
    ...comparedColumns<MarginGroup>("Margin before", (row) => row.before?.margin_usd, "more"),
    pricedColumn<MarginGroup>(),
    numbers<MarginGroup>("requests", "Requests", (row) => row.now.requests, count),
    numbers<MarginGroup>("losing", "at a loss", (row) => row.now.unprofitable_requests, count),
  ];
}
