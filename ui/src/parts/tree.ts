// Spans as a tree, whatever arrived of it: orphans and cycles become roots of their own, marked as such.
import type { SpanDetail } from "../api/client";

export type Row = {
  span: SpanDetail;
  depth: number;
  hasChildren: boolean;
  /** its parent was named and never came */
  orphan: boolean;
  /** ns from the trace's first start */
  from: number;
  to: number;
};

const HTTP_CLIENT = /httpx|requests|urllib|aiohttp|undici|fetch|http/i;

/** Spans of HTTP clients ride along with GenAI calls; they are hidden until asked for. */
export function isHttpClient(span: SpanDetail): boolean {
  return span.kind === "other" && HTTP_CLIENT.test(String(span.scope?.name ?? "")) && span.parent_span_id !== null;
}

export function buildRows(spans: readonly SpanDetail[], collapsed: ReadonlySet<string>): Row[] {
  const byId = new Map(spans.map((span) => [span.span_id, span]));
  const children = new Map<string | null, SpanDetail[]>();
  for (const span of spans) {
    const parent = span.parent_span_id !== null && byId.has(span.parent_span_id) ? span.parent_span_id : null;
    const list = children.get(parent);
    if (list) list.push(span);
    else children.set(parent, [span]);
  }
  for (const list of children.values()) list.sort(byStart);
  const zero = traceStart(spans);
  const rows: Row[] = [];
  const seen = new Set<string>();
  const walk = (roots: readonly SpanDetail[]) => {
    const stack = roots.map((span) => ({ span, depth: 0, hidden: false })).reverse();
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { span, depth, hidden } = next;
      if (seen.has(span.span_id)) continue;
      seen.add(span.span_id);
      const inner = children.get(span.span_id) ?? [];
      if (!hidden) {
        const from = Number(BigInt(span.start_ns) - zero);
        const orphan = span.parent_span_id !== null && !byId.has(span.parent_span_id);
        rows.push({ span, depth, hasChildren: inner.length > 0, orphan, from, to: from + (span.duration_ns ?? 0) });
      }
      const hide = hidden || collapsed.has(span.span_id);
      for (let i = inner.length - 1; i >= 0; i--) stack.push({ span: inner[i] as SpanDetail, depth: depth + 1, hidden: hide });
    }
  };
  walk(children.get(null) ?? []);
  if (seen.size < spans.length) for (const span of [...spans].sort(byStart)) if (!seen.has(span.span_id)) walk([span]); // cycles
  return rows;
}

export function traceStart(spans: readonly SpanDetail[]): bigint {
  let first: bigint | null = null;
  for (const span of spans) {
    const start = BigInt(span.start_ns);
    if (first === null || start < first) first = start;
  }
  return first ?? 0n;
}

function byStart(a: SpanDetail, b: SpanDetail): number {
  if (a.start_ns === b.start_ns) return a.span_id < b.span_id ? -1 : 1;
  return a.start_ns.length === b.start_ns.length ? (a.start_ns < b.start_ns ? -1 : 1) : a.start_ns.length - b.start_ns.length;
}
