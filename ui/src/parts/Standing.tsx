// How a span's duration stands among those of its like: a badge where it is among the slowest, a sentence where it is read.
import type { Schemas } from "../api/client";
import { count, duration } from "./format";

export type Standing = Schemas["SpanStanding"];

const SLOW = 95;

/** The percentile in words: P99.9, never P100. */
export function percentileOf({ percentile, n }: Standing): string {
  const most = n >= 1000 ? 99.9 : 99;
  const shown = Math.min(most, percentile >= 99 ? Math.floor(percentile * 10) / 10 : Math.floor(percentile));
  return `P${shown}`;
}

export function SlowBadge({ standing }: { standing: Standing | undefined }) {
  if (!standing?.enough || standing.percentile < SLOW) return null;
  return (
    <span className="chip warn" title={inWords(standing)}>
      {percentileOf(standing)}
    </span>
  );
}

export function inWords(standing: Standing): string {
  const { percentile, n, p50_ns } = standing;
  if (!standing.enough) return `Only ${count(n)} like it (same stage and model, within a day): too few to compare.`;
  return `Slower than ${Math.floor(percentile)}% of ${count(n)} like it that did not fail (same stage and model, within a day); their median is ${duration(p50_ns)}.`;
}
