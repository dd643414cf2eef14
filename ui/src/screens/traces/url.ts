// The trace list's state is its URL.
export const RANGES = { "15m": "15 minutes", "1h": "1 hour", "24h": "24 hours", "7d": "7 days", all: "All time" } as const;
export type Range = keyof typeof RANGES;

export type TracesSearch = {
  project?: string;
  filter?: string;
  range?: Range;
  from?: string;
  to?: string;
  live?: boolean;
  columns?: string;
  /** the trace that was opened from here: where one is on coming back */
  at?: string;
};

export function validate(said: Record<string, unknown>): TracesSearch {
  const text = (name: string) =>
    typeof said[name] === "string" || typeof said[name] === "number" ? String(said[name]) : undefined;
  const search: TracesSearch = {};
  const range = text("range");
  if (range && range in RANGES) search.range = range as Range;
  for (const name of ["project", "filter", "from", "to", "columns", "at"] as const) {
    const value = text(name);
    if (value) search[name] = value;
  }
  if (said.live === false || said.live === "false") search.live = false;
  return search;
}

const WIDTHS: Record<Exclude<Range, "all">, [string, string]> = {
  "15m": ["-15m", "15s"],
  "1h": ["-1h", "1m"],
  "24h": ["-24h", "20m"],
  "7d": ["-7d", "3h"],
};

const AGO: Record<Exclude<Range, "all">, number> = { "15m": 9e5, "1h": 36e5, "24h": 864e5, "7d": 6048e5 };

/** The ends of that window in ms since the epoch: a chart covers all of it, busy or not. */
export function edgesOf(search: TracesSearch): [number, number] {
  const to = search.to ? new Date(search.to).getTime() : Date.now();
  if (search.from) return [new Date(search.from).getTime(), to];
  const range = search.range ?? "24h";
  return [to - AGO[range === "all" ? "24h" : range], to];
}

/** The window that a search asks for, and the width of a bar in it (null: no chart over all time). */
export function windowOf(search: TracesSearch): { from?: string; to?: string; interval: string | null } {
  if (search.from || search.to) {
    const from = search.from ? new Date(search.from).getTime() : Date.now() - 864e5;
    const to = search.to ? new Date(search.to).getTime() : Date.now();
    const seconds = Math.max(1, Math.ceil((to - from) / 1000 / 60));
    return { ...(search.from && { from: search.from }), ...(search.to && { to: search.to }), interval: `${seconds}s` };
  }
  const range = search.range ?? "24h";
  if (range === "all") return { interval: null };
  const [from, interval] = WIDTHS[range];
  return { from, interval };
}
