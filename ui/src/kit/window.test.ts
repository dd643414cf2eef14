import { expect, it } from "vitest";
import { edgesOf, validWindow, type WindowSearch, windowName, windowOf } from "./window";

it("keeps a window it knows and drops the rest", () => {
  expect(validWindow({ range: "30d", other: 1 })).toEqual({ range: "30d" });
  expect(validWindow({ range: "3 moons", from: 5, to: "" })).toEqual({ from: "5" });
});

it("covers a chosen window whole, in sixty bars at the most", () => {
  const search = { from: "2026-11-01T00:00:00Z", to: "2026-11-01T01:00:00Z" };
  expect(windowOf(search).interval).toBe("60s");
  const [from, to] = edgesOf(search);
  expect(to - from).toBe(3_600_000);
});

it("says a window in words", () => {
  expect([windowName({}), windowName({ range: "all" }), windowName({ from: "2026-11-01T00:00:00Z" })]).toEqual([
    "the last 24 hours",
    "all time",
    "the selected window",
  ]);
});

it("takes the last day for a range that is not offered", () => {
  const said = { range: "6h" } as unknown as WindowSearch;
  expect(windowOf(said)).toEqual(windowOf({}));
  expect(windowName(said)).toBe(windowName({}));
  expect(edgesOf(said).every(Number.isFinite)).toBe(true);
});
