import { describe, expect, it } from "vitest";
import type { SpanDetail } from "../api/client";
import { buildRows } from "./tree";

const span = (span_id: string, parent_span_id: string | null, start: number, ms = 1): SpanDetail =>
  ({
    span_id,
    parent_span_id,
    start_ns: String(1_700_000_000_000_000_000n + BigInt(start)),
    duration_ns: ms * 1e6,
    kind: "chain",
  }) as SpanDetail;
const shape = (spans: SpanDetail[], collapsed: string[] = []) =>
  buildRows(spans, new Set(collapsed)).map((row) => `${"  ".repeat(row.depth)}${row.span.span_id}`);

describe("buildRows", () => {
  it("puts children under their parents in order of start", () => {
    expect(shape([span("c", "a", 9), span("b", "a", 5), span("a", null, 0), span("d", "b", 6)])).toEqual([
      "a",
      "  b",
      "    d",
      "  c",
    ]);
  });
  it("shows a span whose parent never came as a root of its own", () => {
    const rows = buildRows([span("a", null, 0), span("x", "gone", 1)], new Set());
    expect(rows.map((row) => [row.span.span_id, row.depth, row.orphan])).toEqual([
      ["a", 0, false],
      ["x", 0, true],
    ]);
  });
  it("shows every span of a cycle once", () => {
    expect(
      shape([span("a", "b", 0), span("b", "a", 1)])
        .map((s) => s.trim())
        .sort(),
    ).toEqual(["a", "b"]);
    expect(shape([span("a", "a", 0)])).toEqual(["a"]);
  });
  it("hides what is below a collapsed span", () => {
    expect(shape([span("a", null, 0), span("b", "a", 1), span("c", "b", 2), span("d", null, 3)], ["a"])).toEqual(["a", "d"]);
  });
  it("measures from the first start, past the precision of JavaScript's numbers", () => {
    const rows = buildRows([span("a", null, 1), span("b", "a", 3)], new Set());
    expect(rows.map((row) => row.from)).toEqual([0, 2]);
  });
  it("lays out a chain of 50,000 spans without recursion", () => {
    const spans = Array.from({ length: 50_000 }, (_, i) => span(`s${i}`, i === 0 ? null : `s${i - 1}`, i));
    expect(buildRows(spans, new Set())).toHaveLength(50_000);
  });
});
