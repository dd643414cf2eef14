import { expect, it } from "vitest";
import { measuredOf, shared, validate, within } from "./url";

it("keeps what it knows of a URL and drops the rest", () => {
  const said = {
    filter: "kind = llm",
    range: "7d",
    of: "spans",
    measure: "ttft_ns",
    by: "model",
    vs: "release",
    a: 1,
    colour: "red",
  };
  expect(validate(said)).toEqual({
    filter: "kind = llm",
    range: "7d",
    of: "spans",
    measure: "ttft_ns",
    by: "model",
    vs: "release",
    a: "1",
  });
  expect(validate({ of: "sessions", measure: "speed" })).toEqual({});
});

it("measures the total where the rows have no such measure", () => {
  expect(measuredOf({}).measure.id).toBe("duration_ns");
  expect(measuredOf({ measure: "queue_ns" })).toMatchObject({ of: "requests", measure: { id: "duration_ns" } });
  expect(measuredOf({ of: "spans", measure: "queue_ns" }).measure.id).toBe("queue_ns");
});

it("takes filter, window and measure to the next tab and leaves the rest", () => {
  const search = {
    project: "shop",
    filter: "kind = llm",
    of: "spans",
    measure: "ttft_ns",
    by: "model",
    sort: "-n",
    vs: "release",
    a: "v1",
  } as const;
  expect(shared(search)).toEqual({ project: "shop", filter: "kind = llm", of: "spans", measure: "ttft_ns", by: "model" });
});

it("says a region in the filter language, in whole nanoseconds", () => {
  expect(within("requests", "duration_ns", 1258925411.79, 1584893192.46)).toBe(
    "trace.duration_ns >= 1258925412 and trace.duration_ns < 1584893193",
  );
  expect(within("spans", "output_tokens_per_second", 12.589254, 15.8489319)).toBe(
    "output_tokens_per_second >= 12.5893 and output_tokens_per_second < 15.8489",
  );
});
