// The columns that the tables by groups have in common: what the group is, a number now, before, and by how much it changed.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Window } from "../../api/economics";
import type { DataColumn } from "../../kit/DataTable";
import { groupName, tracesOf } from "../../parts/asked";
import { percent, UNKNOWN, usd, usdChange } from "../../parts/format";
import type { useEconomics } from "./state";

/** As many groups as a download may have. */
export const MOST_GROUPS = 10_000;

type Known = number | null | undefined;

/** A column of numbers that it can be sorted by; `cell` where the number is not all that it shows. */
export function numbers<Row>(
  id: string,
  title: string,
  of: (row: Row) => Known,
  show: (n: Known) => ReactNode,
  cell?: (row: Row) => ReactNode,
): DataColumn<Row> {
  const sort = (row: Row) => of(row) ?? null;
  return { id, title, numeric: true, sort, cell: cell ?? ((row) => show(sort(row))) };
}

type Grouped = { group: (string | null)[]; filter: string | null };
type Search = ReturnType<typeof useEconomics>["search"];

/** Which group a row is; `mark` stands before its name. */
export function groupColumn<Row extends Grouped>(
  by: readonly string[],
  search: Search,
  window: Window,
  mark?: (row: Row) => ReactNode,
): DataColumn<Row> {
  return {
    id: "group",
    title: by.join(", "),
    sort: (row) => groupName(row.group),
    cell: (row) => {
      const link = <GroupLink row={row} search={search} window={window} />;
      return mark ? (
        <span className="named">
          {mark(row)}
          {link}
        </span>
      ) : (
        link
      );
    },
  };
}

/** The window before, and the change since. `good`: whether more of it is better, or less. */
export function comparedColumns<Row extends { change_usd: number | null }>(
  title: string,
  before: (row: Row) => Known,
  good: "less" | "more",
): DataColumn<Row>[] {
  return [
    numbers("before", title, before, usd),
    numbers(
      "change",
      "Change",
      (row) => row.change_usd,
      usdChange,
      (row) => <Moved by={row.change_usd} good={good} />,
    ),
  ];
}

/** How much of a row's calls its money stands for. */
export function pricedColumn<Row extends { now: { priced_share: number | null } }>(): DataColumn<Row> {
  const share = (row: Row) => row.now.priced_share;
  const column = numbers<Row>("priced", "Priced", share, percent, (row) => <PricedCell share={share(row)} />);
  return { ...column, hint: "The share of its successful calls whose cost is known" };
}

function PricedCell({ share }: { share: number | null }) {
  return <span className={share === 1 || share === null ? "muted" : "warned"}>{percent(share)}</span>;
}

/** A group's name, and the way to its traces where the filter language can say it. */
export function GroupLink({ row, search, window }: { row: Grouped; search: Search; window: Window }) {
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
