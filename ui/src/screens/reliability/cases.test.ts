import { describe, expect, it } from "vitest";
import { seriesBy } from "./CasesChart";

describe("cases over time", () => {
  const points = [
    { time: "2026-11-01T00:00:00Z", group: ["timeout"], cases: 1 },
    { time: "2026-11-01T00:01:00Z", group: ["timeout"], cases: 2 },
    { time: "2026-11-01T00:01:00Z", group: ["auth"], cases: 3 },
  ];
  it("has every moment in every group, so that bars stack where they belong", () => {
    const series = seriesBy(points, [{ group: ["timeout"] }, { group: ["auth"] }]);
    expect(series.map((one) => one.points.map((point) => point.cases))).toEqual([
      [1, 2],
      [0, 3],
    ]);
  });
  it("puts what is in no row of the table last", () => {
    const series = seriesBy(
      [{ time: "2026-11-01T00:00:00Z", group: ["(other)"], cases: 9 }, ...points],
      [{ group: ["timeout"] }, { group: ["auth"] }],
    );
    expect(series.map((one) => one.group[0])).toEqual(["timeout", "auth", "(other)"]);
  });
});
