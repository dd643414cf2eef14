import { expect, it } from "vitest";
import { askedOf, both, groupName, groupsOf, tracesOf, widthMs } from "./asked";

it("asks for the last day unless told otherwise", () => {
  expect(askedOf({})).toEqual({ project: "default", filter: "", from: "-24h" });
  expect(askedOf({ range: "all", filter: "a = 1" })).toEqual({ project: "default", filter: "a = 1" });
});

it.each([
  [undefined, ["model"]],
  ["", ["model"]],
  ["tenant,task", ["tenant", "task"]],
  ["attributes['a,b''s'],task", ["attributes['a,b''s']", "task"]],
])("%s groups by %j", (by, groups) => expect(groupsOf(by, "model")).toEqual(groups));

it("names groups as people do", () => {
  expect([groupName(["acme", null]), groupName("acme"), groupName(null), groupName([])]).toEqual([
    "acme · (none)",
    "acme",
    "(none)",
    "everything",
  ]);
});

it("joins filters so that all of them hold", () => {
  expect([both("a = 1 or b = 2", "c = 3"), both("", null, "c = 3"), both(undefined)]).toEqual([
    "(a = 1 or b = 2) and (c = 3)",
    "c = 3",
    "",
  ]);
});

it("leads to the traces of the same window and filter", () => {
  const window = { from: "2026-11-01T00:00:00Z", to: "2026-11-02T00:00:00Z" };
  expect(tracesOf({ project: "shop", filter: "kind = llm" }, window, "tenant = 'acme'")).toEqual({
    project: "shop",
    filter: "(kind = llm) and (tenant = 'acme')",
    ...window,
  });
  expect(tracesOf({}, { from: window.from, to: null }, null)).toEqual({ from: window.from });
  expect(tracesOf({}, { from: null, to: null })).toEqual({ range: "all" });
});

it("reads the width of a bar", () => expect([widthMs("20m"), widthMs("1d"), widthMs("90s")]).toEqual([1_200_000, 864e5, 9e4]));
