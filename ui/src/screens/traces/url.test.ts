import { expect, it } from "vitest";
import { validate } from "./url";

it("keeps what it knows of a URL and drops the rest", () => {
  expect(validate({ filter: "kind = llm", range: "7d", live: "false", columns: "name", other: 1 })).toEqual({
    filter: "kind = llm",
    range: "7d",
    live: false,
    columns: "name",
  });
  expect(validate({ range: "3 moons", from: 5 })).toEqual({ from: "5" });
});
