import { expect, it } from "vitest";
import type { SpanDetail } from "../api/client";
import { costing, costsOf, partsOf } from "./costs";
import { buildRows } from "./tree";

const span = (id: string, parent: string | null, said: Record<string, unknown>) =>
  ({ span_id: id, parent_span_id: parent, start_ns: "1", duration_ns: 1, usage_counted: true, ...said }) as unknown as SpanDetail;

const spans = [
  span("a", null, { kind: "request" }),
  span("b", "a", { kind: "chain", usage_counted: false, input_tokens: 10, cost_usd: 0.5 }),
  span("c", "b", { kind: "llm", input_tokens: 10, cost_usd: 0.5, input_cost_usd: 0.2, output_cost_usd: 0.3 }),
  span("d", "a", { kind: "llm", input_tokens: 7, cost_usd: null }),
  span("e", "a", { kind: "llm", input_tokens: 3, cost_usd: 0.25 }),
];

it("adds up what is counted, once, in the order of the rows", () => {
  const { total, bySpan } = costsOf(buildRows(spans, new Set()));
  expect(total).toBe(0.75);
  expect(Object.fromEntries(bySpan)).toEqual({
    a: { before: 0, own: null, inside: 0.75 },
    b: { before: 0, own: null, inside: 0.5 },
    c: { before: 0, own: 0.5, inside: 0.5 },
    d: { before: 0.5, own: null, inside: null },
    e: { before: 0.5, own: 0.25, inside: 0.25 },
  });
});

it("has no total where nothing has a cost", () => {
  expect(costsOf(buildRows([span("a", null, {})], new Set())).total).toBeNull();
});

it("says why a span has no cost", () => {
  expect(spans.map(costing)).toEqual(["none", "below", "priced", "unpriced", "priced"]);
  expect(costing(span("f", null, { served_from_cache: true, cost_usd: 0, input_tokens: 5 }))).toBe("priced");
});

it("reads the parts of a cost", () => {
  expect(partsOf(spans[2] as SpanDetail)).toEqual({
    input: 0.2,
    read: undefined,
    write: undefined,
    output: 0.3,
    other: undefined,
  });
});
