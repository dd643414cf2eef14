import { expect, it } from "vitest";
import type { SpanDetail } from "../../api/client";
import { momentsOf } from "./play";

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
