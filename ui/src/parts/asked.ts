// What a screen's URL says of the question that it asks, and how one question leads to another.
import type { Asked } from "../api/client";
import { validWindow, type WindowSearch, windowOf } from "../kit/window";
import type { TracesSearch } from "../screens/traces/url";

export type AskedSearch = WindowSearch & { project?: string; filter?: string };

/** The ends that an answer is about. */
export type Window = { from: string | null; to: string | null };

/** What of a URL says window and texts; the rest is dropped. */
export function validAsked<Name extends string>(
  said: Record<string, unknown>,
  texts: readonly Name[],
): WindowSearch & { [Text in Name]?: string } {
  const found: Partial<Record<Name, string>> = {};
  for (const name of texts) {
    const value = said[name];
    if ((typeof value === "string" && value) || typeof value === "number") found[name] = String(value);
  }
  return { ...validWindow(said), ...found };
}

const EVERYWHERE = ["project", "filter", "range", "from", "to"] as const;

/** What stays of a search when one goes to another tab: the question, and what else is named. */
export function kept<Search extends AskedSearch>(search: Search, ...others: (keyof Search)[]): Partial<Search> {
  const names: (keyof Search)[] = [...EVERYWHERE, ...others];
  return Object.fromEntries(names.filter((name) => search[name]).map((name) => [name, search[name]])) as Partial<Search>;
}

export function askedOf(search: AskedSearch): Asked {
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
  search: Pick<AskedSearch, "project" | "filter">,
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
