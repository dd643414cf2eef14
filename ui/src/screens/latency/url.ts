// The Latency screens' state is their URL: what all of them share, and what each adds.
import { type AskedSearch, kept, validAsked } from "../../parts/asked";

export const TABS = [
  { id: "percentiles", title: "Percentiles" },
  { id: "waits", title: "Waited for" },
  { id: "lost", title: "Lost" },
  { id: "length", title: "Length" },
  { id: "compare", title: "Compare" },
] as const;
export type Tab = (typeof TABS)[number]["id"];

type Unit = "ns" | "tokens/s";
export type MeasureInfo = { id: string; title: string; unit: Unit; of: readonly Of[]; meaning: string };
export type Of = "requests" | "spans";

export const MEASURES: readonly MeasureInfo[] = [
  { id: "duration_ns", title: "Total", unit: "ns", of: ["requests", "spans"], meaning: "From start to end" },
  { id: "ttft_ns", title: "Time to first token", unit: "ns", of: ["requests", "spans"], meaning: "Until the answer began" },
  {
    id: "time_per_output_token_ns",
    title: "Time per output token",
    unit: "ns",
    of: ["spans"],
    meaning: "From one token to the next, after the first",
  },
  { id: "output_tokens_per_second", title: "Output tokens/s", unit: "tokens/s", of: ["spans"], meaning: "After the first token" },
  { id: "queue_ns", title: "Queueing", unit: "ns", of: ["spans"], meaning: "Waiting at the server before it was begun" },
  { id: "stall_ns", title: "Longest stall", unit: "ns", of: ["spans"], meaning: "The longest wait between two chunks" },
  { id: "self_ns", title: "Self time", unit: "ns", of: ["spans"], meaning: "What no child span covers" },
  { id: "critical_ns", title: "Critical time", unit: "ns", of: ["spans"], meaning: "What the request really waited for in it" },
];

export type LatencySearch = AskedSearch & {
  /** whole requests, or single spans */
  of?: Of;
  measure?: string;
  /** facts and attributes to group by, separated by commas */
  by?: string;
  /** a column; '-' in front: descending */
  sort?: string;
  /** compare: the fact whose values stand on both sides, and those values; without it, the window before */
  vs?: string;
  a?: string;
  b?: string;
  /** compare: another window for the left side */
  afrom?: string;
  ato?: string;
};

const TEXTS = ["project", "filter", "by", "sort", "vs", "a", "b", "afrom", "ato"] as const;

export function validate(said: Record<string, unknown>): LatencySearch {
  const search: LatencySearch = validAsked(said, TEXTS);
  if (said.of === "requests" || said.of === "spans") search.of = said.of;
  if (MEASURES.some((measure) => measure.id === said.measure)) search.measure = String(said.measure);
  return search;
}

/** What stays when one goes to another tab. */
export const shared = (search: LatencySearch): LatencySearch => kept(search, "of", "measure", "by");

/** Which rows and which of their times; a measure that these rows do not have gives way to the total. */
export function measuredOf(search: LatencySearch): { of: Of; measure: MeasureInfo } {
  const of = search.of ?? "requests";
  const wanted = MEASURES.find((one) => one.id === search.measure && one.of.includes(of));
  return { of, measure: wanted ?? (MEASURES[0] as MeasureInfo) };
}

/** The filter for rows whose measure lies in [low, high). */
export function within(of: Of, measure: string, low: number, high: number): string {
  const name = of === "requests" ? `trace.${measure}` : measure;
  return `${name} >= ${whole(low)} and ${name} < ${whole(high)}`;
}

const whole = (n: number) => (n >= 1000 ? Math.ceil(n) : Number(n.toPrecision(6)));
