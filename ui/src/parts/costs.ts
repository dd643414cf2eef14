// What a trace cost, span after span: the parts of each, and where it stands in the sum of all before it.
import type { SpanDetail } from "../api/client";
import type { Row } from "./tree";

export const PARTS = [
  { id: "input", name: "Input", token: "--part-input", fact: "input_cost_usd" },
  { id: "read", name: "Cache reads", token: "--part-read", fact: "cache_read_cost_usd" },
  { id: "write", name: "Cache writes", token: "--part-write", fact: "cache_write_cost_usd" },
  { id: "output", name: "Output", token: "--part-output", fact: "output_cost_usd" },
  { id: "other", name: "Other", token: "--part-other", fact: "other_cost_usd" },
] as const;
export type Parts = Record<(typeof PARTS)[number]["id"], number | null | undefined>;

export function partsOf(span: SpanDetail): Parts {
  return Object.fromEntries(PARTS.map(({ id, fact }) => [id, span[fact] as number | null | undefined])) as Parts;
}

/**
 * Why a span has no cost of its own, or that it has one:
 * `below` its usage is counted on a span inside it; `unpriced` its usage is known, a price for it is not; `none` it used nothing that is known.
 */
export type Costing = "priced" | "below" | "unpriced" | "none";

export function costing(span: SpanDetail): Costing {
  const used = [span.input_tokens, span.output_tokens].some((tokens) => tokens !== null && tokens !== undefined);
  if (span.usage_counted === false) return used ? "below" : "none";
  if (typeof span.cost_usd === "number") return "priced";
  return used ? "unpriced" : "none";
}

/** `before`: what all spans above it cost; `own`: what it cost itself; `inside`: with all that is inside it. */
export type Cost = { before: number; own: number | null; inside: number | null };

/** Costs in the order of the rows, which are all of the trace's, none folded away. */
export function costsOf(rows: readonly Row[]): { total: number | null; bySpan: Map<string, Cost> } {
  const bySpan = new Map<string, Cost>();
  const open: { depth: number; cost: Cost }[] = [];
  let total: number | null = null;
  for (const { span, depth } of rows) {
    while (open.length && (open.at(-1) as { depth: number }).depth >= depth) open.pop();
    const own = costing(span) === "priced" ? (span.cost_usd as number) : null;
    const cost: Cost = { before: total ?? 0, own, inside: null };
    bySpan.set(span.span_id, cost);
    open.push({ depth, cost });
    if (own === null) continue;
    total = (total ?? 0) + own;
    for (const outer of open) outer.cost.inside = (outer.cost.inside ?? 0) + own;
  }
  return { total, bySpan };
}
