import { expect, it } from "vitest";
import { count, duration, offset, text, usd } from "./format";

it.each([
  [0, "0 ns"],
  [1_500, "1.50 µs"],
  [410_000_000, "410 ms"],
  [59_990_000_000, "60.0 s"],
  [61_000_000_000, "1 min 1 s"],
  [3_600_000_000_000, "1 h 0 min"],
])("%d ns read as %s", (ns, said) => expect(duration(ns)).toBe(said));

it("says before and after", () => {
  expect(offset(410_000_000n)).toBe("+410 ms");
  expect(offset(-2_000n)).toBe("−2.00 µs");
});

it("shows a dash for the unknown and never for nothing", () => {
  expect([duration(null), count(undefined), usd(null), text(null)]).toEqual(["–", "–", "–", "–"]);
  expect([count(0), usd(0), text("")]).toEqual(["0", "$0", ""]);
});

it("keeps small costs readable", () => {
  expect([usd(0.0000123), usd(1.5), usd(1234.4)]).toEqual(["$0.0000123", "$1.5000", "$1234"]);
});
