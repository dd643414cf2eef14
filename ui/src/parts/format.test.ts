import { expect, it } from "vitest";
import { count, duration, offset, percent, percentChange, pointsChange, short, text, times, usd, usdChange } from "./format";

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

it.each([
  [0.0000123, "$0.0000123"],
  [0.00123456, "$0.001235"],
  [0.009999, "$0.009999"],
  [0.00000000012346, "$0.0000000001235"],
  [0.01, "$0.0100"],
  [0.123456, "$0.1235"],
  [0.99997, "$1.00"],
  [1.5, "$1.50"],
  [1234.4, "$1,234.40"],
  [1234567.891, "$1,234,567.89"],
  [-0.35, "−$0.3500"],
  [-1234.5, "−$1,234.50"],
])("%d dollars read as %s", (n, said) => expect(usd(n)).toBe(said));

it("has no negative nothing", () => {
  expect([usd(-0), usd(-1e-15), usdChange(-0), usdChange(1e-15), usdChange(0)]).toEqual(["$0", "$0", "$0", "$0", "$0"]);
});

it("says which way money moved", () => {
  expect([usdChange(1.2), usdChange(-0.35), usdChange(null)]).toEqual(["+$1.20", "−$0.3500", "–"]);
});

it.each([
  [0.97, "97%"],
  [0.4267, "42.7%"],
  [1, "100%"],
  [0.99971, "99.97%"],
  [0.999999, ">99.99%"],
  [0.0042, "0.42%"],
  [0.00000001, "<0.01%"],
  [-0.125, "−12.5%"],
  [12.5, "1,250%"],
  [0, "0%"],
  [null, "–"],
])("a share of %d reads as %s", (share, said) => expect(percent(share)).toBe(said));

it("compares with before where there is a before", () => {
  expect([percentChange(112, 100), percentChange(0, 4), percentChange(3, 0), percentChange(3, null)]).toEqual([
    "+12%",
    "−100%",
    "–",
    "–",
  ]);
  expect(percentChange(-1, -2)).toBe("+50%");
});

it("moves shares by points", () => {
  expect([pointsChange(0.366, 0.39), pointsChange(0.5, 0.49), pointsChange(-0.358, -0.804), pointsChange(0.2, null)]).toEqual([
    "−2.4 points",
    "+1 point",
    "+44.6 points",
    "–",
  ]);
});

it("reads ratios", () =>
  expect([times(8.571), times(0.0001), times(0), times(null)]).toEqual(["8.57 ×", "<0.01 ×", "0.00 ×", "–"]));

it("shortens large numbers", () => {
  expect([short(940), short(12_345), short(4_560_000), short(null)]).toEqual(["940", "12.3k", "4.56M", "–"]);
});
