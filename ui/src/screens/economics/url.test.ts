import { expect, it } from "vitest";
import { shared, validate } from "./url";

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
