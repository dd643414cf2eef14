import { expect, it } from "vitest";
import { sorted, turned } from "./sorting";

const rows = [{ n: 2 }, { n: null }, { n: -3 }, { n: 10 }];
const keys = { n: (row: { n: number | null }) => row.n };
const order = (by?: string) => sorted(rows, by, keys).map((row) => row.n);

it("sorts both ways with the unknown last", () => {
  expect(order("n")).toEqual([-3, 2, 10, null]);
  expect(order("-n")).toEqual([10, 2, -3, null]);
});

it("keeps the given order where it does not know the column", () => {
  expect(order()).toEqual([2, null, -3, 10]);
  expect(order("toString")).toEqual([2, null, -3, 10]);
});

it("turns the order at every press", () =>
  expect([turned(undefined, "n"), turned("-n", "n"), turned("n", "n")]).toEqual(["-n", "n", "-n"]));
