import { expect, it } from "vitest";
import type { SpanDetail } from "../../api/client";
import { happenedBy, momentsOf, reachedBy } from "./play";

it("puts beginnings, first tokens, events, log records and ends in order of time", () => {
  const spans = [
    {
      span_id: "a",
      name: "root",
      start_ns: "1000",
      duration_ns: 100,
      ttft_ns: null,
      status: "ok",
      events: [{ name: "said", source: "log", time_ns: "1050" }],
    },
    { span_id: "b", name: "llm", start_ns: "1010", duration_ns: 60, ttft_ns: 20, status: "error", events: [] },
  ] as unknown as SpanDetail[];
  expect(momentsOf(spans).map((m) => `${m.at} ${m.span.name} ${m.what}`)).toEqual([
    "0 root begins",
    "10 llm begins",
    "30 llm first token",
    "50 root log",
    "70 llm fails",
    "100 root ends",
  ]);
});

it("counts what has happened, moments of the same instant together", () => {
  const moments = [0, 10, 10, 30].map((at) => ({ at }) as ReturnType<typeof momentsOf>[number]);
  expect([-1, 0, 9, 10, 30, 99].map((now) => happenedBy(moments, now))).toEqual([0, 1, 1, 3, 4, 4]);
});

it("knows of a span whether it is ahead, running or over", () => {
  const span = { start_ns: "1010", duration_ns: 60, events: [{ time_ns: "1040" }] } as unknown as SpanDetail;
  const at = (now: number | null) => reachedBy(span, 1000n, now);
  expect(at(9)).toEqual({ state: "ahead", events: 0 });
  expect(at(39)).toEqual({ state: "running", events: 0 });
  expect(at(40)).toEqual({ state: "running", events: 1 });
  expect(at(70)).toEqual({ state: "over", events: 1 });
  expect(at(null)).toEqual({ state: "over", events: 1 });
});
