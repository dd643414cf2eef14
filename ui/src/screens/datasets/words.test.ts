import { expect, it } from "vitest";
import type { DatasetVersion } from "../../api/datasets";
import { changesOf, moved, number, originOf, subjectOf } from "./words";

const version = (origin: Partial<DatasetVersion["origin"]>): DatasetVersion => ({
  version: 1,
  created: "2026-11-25T00:00:00Z",
  author: "ann",
  origin: { how: "items", ...origin },
  added: 0,
  changed: 0,
  removed: 0,
  items: 0,
});

it("says what a version was made from", () => {
  expect(originOf(version({ how: "filter", filter: "status = error" }))).toBe("requests with status = error");
  expect(originOf(version({ how: "traces", trace_ids: ["a"] }))).toBe("one request");
  expect(originOf(version({ how: "file", file: "x.csv" }))).toBe("the file x.csv");
  expect(originOf(version({}))).toBe("changes by hand");
});

it("says changes without those that are none", () => {
  expect(changesOf({ added: 12, changed: 0, removed: 1 })).toBe("+12, −1");
});

it("names what was run", () => {
  expect(subjectOf({ subject: { callable: "app:answer" } })).toBe("app:answer");
  expect(subjectOf({ subject: { prompt: "shout", prompt_version: "1f", model: "gpt-4o" } })).toBe("shout (1f) × gpt-4o");
});

it("writes numbers without exponents", () => {
  expect([number(0.00001234), number(-0.25), number(1234.567), number(null), moved(0.1)]).toEqual([
    "0.0000123",
    "−0.25",
    "1,235",
    "–",
    "+0.1",
  ]);
});
