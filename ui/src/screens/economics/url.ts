// The Economics screens' state is their URL: what all of them share, and what each adds.
import type { Asked, Window } from "../../api/economics";
import { validWindow, type WindowSearch, windowOf } from "../../kit/window";
import type { TracesSearch } from "../traces/url";

export const TABS = [
  { id: "spend", title: "Spend" },
  { id: "cache", title: "Cache" },
  { id: "margin", title: "Margin" },
  { id: "waste", title: "Waste" },
  { id: "what-if", title: "What if" },
  { id: "budgets", title: "Budgets" },
  { id: "prices", title: "Prices" },
] as const;
export type Tab = (typeof TABS)[number]["id"];

export type EconomicsSearch = WindowSearch & {
  project?: string;
  filter?: string;
  /** facts and attributes to group by, separated by commas */
  by?: string;
  /** a column; '-' in front: descending */
  sort?: string;
  /** margin: the group whose reasons are open; null is the group without a value */
  why?: string | null;
  /** what if: the other model and its provider, caching, service tier */
  model?: string;
  provider?: string;
  caching?: boolean;
  tier?: string;
  /** prices: words to find */
  find?: string;
};

const TEXTS = ["project", "filter", "by", "sort", "model", "provider", "tier", "find"] as const;

export function validate(said: Record<string, unknown>): EconomicsSearch {
  const search: EconomicsSearch = validWindow(said);
  for (const name of TEXTS) {
    const value = said[name];
    if ((typeof value === "string" && value) || typeof value === "number") search[name] = String(value);
  }
  if (said.why !== undefined) search.why = said.why === null ? null : String(said.why);
  if (said.caching === true) search.caching = true;
  return search;
}

/** What stays when one goes to another tab. */
export function shared({ project, filter, range, from, to, by }: EconomicsSearch): EconomicsSearch {
  return {
    ...(project && { project }),
    ...(filter && { filter }),
    ...(range && { range }),
    ...(from && { from }),
    ...(to && { to }),
    ...(by && { by }),
  };
}

/** What the API is asked with. */
export function askedOf(search: EconomicsSearch): Asked {
  const { from, to } = windowOf(search);
  return { project: search.project ?? "default", filter: search.filter ?? "", ...(from && { from }), ...(to && { to }) };
}

/** The groups in a `by`: a comma inside an attribute's quotes separates nothing. */
export function groupsOf(by: string | undefined, otherwise: string): string[] {
  const said = by?.match(/(?:attributes|resource)\['(?:[^']|'')*'\]|[^,]+/g)?.map((name) => name.trim());
  return said?.filter(Boolean).length ? said.filter(Boolean) : [otherwise];
}

/** A group in words. */
export function groupName(group: readonly (string | null)[] | string | null): string {
  const said = Array.isArray(group) ? group : [group as string | null];
  return said.map((value) => value ?? "(none)").join(" · ") || "everything";
}

/** Several filters as one: all of them hold. */
export function both(...filters: (string | null | undefined)[]): string {
  const said = filters.map((filter) => filter?.trim() ?? "").filter(Boolean);
  return said.length > 1 ? said.map((filter) => `(${filter})`).join(" and ") : (said[0] ?? "");
}

/** Where the traces of a number are: its window, what the screen is filtered by, and what the number itself is of. */
export function tracesOf(
  search: Pick<EconomicsSearch, "project" | "filter">,
  window: Window,
  ...filters: (string | null)[]
): TracesSearch {
  const filter = both(search.filter, ...filters);
  return {
    ...(search.project && { project: search.project }),
    ...(filter && { filter }),
    ...(window.from && { from: window.from }),
    ...(window.to && { to: window.to }),
    ...(!window.from && !window.to && { range: "all" as const }),
  };
}

const UNITS_MS: Record<string, number> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

/** The width of a bar in ms: '20m' is 1,200,000. */
export function widthMs(interval: string): number {
  const said = /^(\d+)([smhdw])$/.exec(interval);
  return said ? Number(said[1]) * (UNITS_MS[said[2] as string] as number) : 36e5;
}
