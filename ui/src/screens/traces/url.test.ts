import { expect, it } from "vitest";
import { edgesOf, validate, windowOf } from "./url";

it("keeps what it knows of a URL and drops the rest", () => {
  expect(validate({ filter: "kind = llm", range: "7d", live: "false", columns: "name", other: 1 })).toEqual({
    filter: "kind = llm",
    range: "7d",
    live: false,
    columns: "name",
  });
  expect(validate({ range: "3 moons", from: 5 })).toEqual({ from: "5" });
});

it("covers a chosen window whole, in sixty bars at the most", () => {
  const search = { from: "2026-11-01T00:00:00Z", to: "2026-11-01T01:00:00Z" };
  expect(windowOf(search).interval).toBe("60s");
  const [from, to] = edgesOf(search);
  expect(to - from).toBe(3_600_000);
});
