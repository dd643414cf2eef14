// Groups over time as the bars of a chart: each its own colour, those that are too many grey.
import type { SpendPoint } from "../api/economics";

export const COLOURS = ["--s1", "--s2", "--s3", "--s4", "--s5", "--s6", "--s7", "--s8"] as const;

export const keyOf = (group: readonly (string | null)[]) => JSON.stringify(group);

/** The colour token of the how many-eth group. */
export function colourOf(rank: number): string {
  return COLOURS[rank] ?? "--part-other";
}

export type Series = { key: string; group: (string | null)[]; rank: number; points: SpendPoint[] };

/** Points by group, the largest group first (so the same colour as its row in the table), what is in no row last. */
export function seriesOf(points: readonly SpendPoint[], groups: readonly { group: (string | null)[] }[]): Series[] {
  const rank = new Map(groups.map(({ group }, index) => [keyOf(group), index]));
  const found = new Map<string, Series>();
  for (const point of points) {
    const key = keyOf(point.group);
    const series = found.get(key) ?? {
      key,
      group: point.group,
      rank: rank.get(key) ?? groups.length + COLOURS.length,
      points: [],
    };
    series.points.push(point);
    found.set(key, series);
  }
  return [...found.values()].sort((a, b) => a.rank - b.rank);
}

/** The least distance between moments, which is the width of a bar; an hour where there is but one. */
export function gapOf(times: readonly number[]): number {
  const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
  return Math.min(...gaps.filter((gap) => gap > 0), Number.POSITIVE_INFINITY) === Number.POSITIVE_INFINITY
    ? 36e5
    : Math.min(...gaps.filter((gap) => gap > 0));
}

/** From where to where a chart's axis goes: over its window, or from the first bar on where over a third of it is empty before. */
export function spanOf(window: readonly [number, number], times: readonly number[], width: number): Span {
  const first = Math.min(...times);
  const [from, to] = window;
  if (!times.length || first - from <= (to - from) / 3) return { edges: [from, to], quietUntil: null };
  return { edges: [first - width / 2, to], quietUntil: first };
}

export type Span = { edges: [number, number]; quietUntil: number | null };
