import { expect, it } from "vitest";
import { askedOf, both, groupName, groupsOf, shared, tracesOf, validate, widthMs } from "./url";

it("keeps what it knows of a URL and drops the rest", () => {
  const said = { filter: "kind = llm", range: "7d", by: "tenant", why: 12, caching: "perhaps", colour: "red", find: 4 };
  expect(validate(said)).toEqual({ filter: "kind = llm", range: "7d", by: "tenant", why: "12", find: "4" });
});

it("tells the group without a value from no group", () => {
  expect(validate({ why: null })).toEqual({ why: null });
  expect(validate({})).toEqual({});
});

it("takes filter, window and grouping to the next tab and leaves the rest", () => {
  const search = {
    project: "shop",
    filter: "kind = llm",
    range: "7d",
    by: "tenant",
    sort: "-now",
    why: "acme",
    model: "x",
  } as const;
  expect(shared(search)).toEqual({ project: "shop", filter: "kind = llm", range: "7d", by: "tenant" });
});

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
  expect(tracesOf({}, { from: null, to: null })).toEqual({ range: "all" });
});

it("reads the width of a bar", () => expect([widthMs("20m"), widthMs("1d"), widthMs("90s")]).toEqual([1_200_000, 864e5, 9e4]));
