import { describe, expect, it } from "vitest";
import { inWords, percentileOf } from "./Standing";

const standing = (percentile: number, n: number) => ({ span_id: "1", percentile, n, p50_ns: 1_000_000, enough: n >= 20 });

describe("a span among its like", () => {
  it("never claims more than its like allow", () => {
    expect(percentileOf(standing(99.99, 100))).toBe("P99");
    expect(percentileOf(standing(99.99, 10_000))).toBe("P99.9");
    expect(percentileOf(standing(97.9, 100))).toBe("P97");
  });
  it("says when there are too few", () => {
    expect(inWords(standing(99, 3))).toContain("too few");
    expect(inWords(standing(50, 40))).toBe(
      "Slower than 50% of 40 like it that did not fail (same stage and model, within a day); their median is 1.00 ms.",
    );
  });
});
