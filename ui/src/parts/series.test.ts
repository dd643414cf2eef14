import { expect, it } from "vitest";
import { colourOf, seriesOf, spanOf } from "./series";

const point = (time: string, group: (string | null)[]) => ({ time, group, cost_usd: 1, calls: 1 });

it("gives each group its row's rank and the rest the last place", () => {
  const points = [point("t1", ["(other)"]), point("t1", ["b"]), point("t1", ["a"]), point("t2", ["a"]), point("t2", [null])];
  const series = seriesOf(points, [{ group: ["a"] }, { group: [null] }, { group: ["b"] }]);
  expect(series.map((one) => [one.group[0], one.points.length])).toEqual([
    ["a", 2],
    [null, 1],
    ["b", 1],
    ["(other)", 1],
  ]);
});

it("has a colour for eight groups and grey for the others", () => {
  expect([colourOf(0), colourOf(7), colourOf(8)]).toEqual(["--s1", "--s8", "--part-other"]);
});

it("has an axis that is its window, and begins with the traffic where over a third of it is empty before", () => {
  const hour = 36e5;
  expect(spanOf([0, 24 * hour], [], hour)).toEqual({ edges: [0, 24 * hour], quietUntil: null });
  expect(spanOf([0, 24 * hour], [8 * hour, 9 * hour], hour)).toEqual({ edges: [0, 24 * hour], quietUntil: null });
  expect(spanOf([0, 24 * hour], [23 * hour, 9 * hour], hour)).toEqual({ edges: [8.5 * hour, 24 * hour], quietUntil: 9 * hour });
});
