// Numbers of experiments with their intervals.
import type { Estimate } from "../../api/experiments";
import { percent, UNKNOWN } from "../../parts/format";
import { moved, number } from "../datasets/words";

/** A value in its own unit: a share of yes and no in percent. */
export const inUnit = (value: number | null | undefined, type: string) =>
  value === null || value === undefined ? UNKNOWN : type === "binary" ? percent(value) : number(value);

export const movedBy = (value: number | null | undefined, type: string) =>
  value === null || value === undefined
    ? UNKNOWN
    : type === "binary"
      ? `${value > 0 ? "+" : ""}${Number((value * 100).toFixed(1))} points`.replace("-", "−")
      : moved(value);

export function Ranged({ of, type }: { of: Estimate; type: string }) {
  if (of.value === null) return <span className="muted">{UNKNOWN}</span>;
  return (
    <span className="ranged" title={`95 % interval, of ${of.items} items`}>
      <b>{inUnit(of.value, type)}</b>{" "}
      {of.low !== null && (
        <span className="muted">
          {inUnit(of.low, type)} to {inUnit(of.high, type)}
        </span>
      )}
    </span>
  );
}

const TONES: Record<string, string> = { pass: "good", regression: "bad", "not enough data": "warn" };

export function OutcomeChip({ outcome }: { outcome: string }) {
  return <span className={`chip ${TONES[outcome] ?? ""}`}>{outcome}</span>;
}

type AxisProps = { low: number | null; high: number | null; value: number | null; margin: number; lower: boolean; reach: number };

/** A difference on an axis with 0 in its middle and the margin marked: what lies left of the mark is a loss that matters. */
export function DifferenceBar({ low, high, value, margin, lower, reach }: AxisProps) {
  const turn = (x: number) => (lower ? -x : x);
  const at = (x: number) => `${Math.min(100, Math.max(0, 50 + (turn(x) / (reach || 1)) * 50))}%`;
  if (value === null) return null;
  const ends = [low ?? -Infinity, high ?? Infinity].map(turn).sort((a, b) => a - b) as [number, number];
  const side = (x: number) => Math.min(100, Math.max(0, 50 + (x / (reach || 1)) * 50));
  const tone = ends[1] < -margin ? "bad" : ends[0] >= -margin ? "good" : "warn";
  return (
    <span className="difference" data-tone={tone} aria-hidden="true">
      <u style={{ left: "50%" }} />
      {margin > 0 && <u className="margin" style={{ left: `${side(-margin)}%` }} />}
      <i style={{ left: `${side(ends[0])}%`, right: `${100 - side(ends[1])}%` }} />
      <b style={{ left: at(value) }} />
    </span>
  );
}
