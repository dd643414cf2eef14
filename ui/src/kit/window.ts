// A window of time as a URL says it: the last so much, or from here to there.
export const RANGES = {
  "15m": "15 minutes",
  "1h": "1 hour",
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
  all: "All time",
} as const;
export type Range = keyof typeof RANGES;
export type WindowSearch = { range?: Range; from?: string; to?: string };

/** What of a URL says a window. */
export function validWindow(said: Record<string, unknown>): WindowSearch {
  const search: WindowSearch = {};
  const range = String(said.range ?? "");
  if (Object.hasOwn(RANGES, range)) search.range = range as Range;
  for (const name of ["from", "to"] as const) {
    const value = said[name];
    if ((typeof value === "string" && value) || typeof value === "number") search[name] = String(value);
  }
  return search;
}

const WIDTHS: Record<Exclude<Range, "all">, [string, string]> = {
  "15m": ["-15m", "15s"],
  "1h": ["-1h", "1m"],
  "24h": ["-24h", "20m"],
  "7d": ["-7d", "3h"],
  "30d": ["-30d", "12h"],
};

const AGO: Record<Exclude<Range, "all">, number> = { "15m": 9e5, "1h": 36e5, "24h": 864e5, "7d": 6048e5, "30d": 2592e6 };

/** A range that is not offered, as a URL may say it, is the last day. */
const rangeOf = ({ range }: WindowSearch): Range => (range && Object.hasOwn(RANGES, range) ? range : "24h");

/** The ends of that window in ms since the epoch: a chart covers all of it, busy or not. */
export function edgesOf(search: WindowSearch): [number, number] {
  const to = search.to ? new Date(search.to).getTime() : Date.now();
  if (search.from) return [new Date(search.from).getTime(), to];
  const range = rangeOf(search);
  return [to - AGO[range === "all" ? "24h" : range], to];
}

/** The window that a search asks for, and the width of a bar in it (null: no chart over all time). */
export function windowOf(search: WindowSearch): { from?: string; to?: string; interval: string | null } {
  if (search.from || search.to) {
    const from = search.from ? new Date(search.from).getTime() : Date.now() - 864e5;
    const to = search.to ? new Date(search.to).getTime() : Date.now();
    const seconds = Math.max(1, Math.ceil((to - from) / 1000 / 60));
    return { ...(search.from && { from: search.from }), ...(search.to && { to: search.to }), interval: `${seconds}s` };
  }
  const range = rangeOf(search);
  if (range === "all") return { interval: null };
  const [from, interval] = WIDTHS[range];
  return { from, interval };
}

/** A window in words, for a sentence. */
export function windowName(search: WindowSearch): string {
  if (search.from || search.to) return "the selected window";
  const range = rangeOf(search);
  return range === "all" ? "all time" : `the last ${RANGES[range]}`;
}
