// What is said of a judge beside its numbers: intervals, whether it may be used, and what is to be done.
import { Link } from "@tanstack/react-router";
import type { Interval, Standing } from "../../api/quality";
import { clock, percent, UNKNOWN } from "../../parts/format";
import { useAsked } from "../../parts/useAsked";

/** A number of a score: a share in percent, a mean to two decimals. */
export function said(value: number | null | undefined, rates: boolean): string {
  if (value === null || value === undefined) return UNKNOWN;
  return rates ? percent(value) : value.toFixed(2);
}

export function range(of: Interval | null | undefined, rates: boolean): string {
  return of ? `${said(of.low, rates)} to ${said(of.high, rates)}` : UNKNOWN;
}

/** A coefficient between −1 and 1. */
export function coefficient(value: number | null | undefined): string {
  return value === null || value === undefined ? UNKNOWN : value.toFixed(2).replace("-", "−");
}

/** A number and how far it can be trusted, in one line. */
export function Ranged({ of, rates }: { of: Interval | null | undefined; rates: boolean }) {
  if (!of || of.value === null) return <span className="muted">{UNKNOWN}</span>;
  return (
    <span className="ranged" title="95 % interval">
      <b>{said(of.value, rates)}</b> <span className="muted">{range(of, rates)}</span>
    </span>
  );
}

const ID = /^[0-9a-f]{32}$/;

/** What a judge is called: by its score; whoever posts scores without a definition here, by both names. */
export function judgeTitle(judge: string, name: string): string {
  return ID.test(judge) || judge === name ? name : `${name} by ${judge}`;
}

const TONES: Record<string, string> = { usable: "good", weak: "warn", "not usable": "bad" };

/** Whether a judge may be used, as its last calibration says; and that it is too old, where it is. */
export function VerdictChip({ standing }: { standing: Standing | null | undefined }) {
  if (!standing) return null;
  return (
    <>
      <span
        className={`chip ${standing.verdict ? (TONES[standing.verdict] ?? "") : "warn"}`}
        title={standing.reason ?? "Label some of what it judged, then calibrate it."}
      >
        {standing.verdict ?? "uncalibrated"}
      </span>
      {standing.overdue && (
        <span className="chip warn" title={`Calibrated ${standing.calibrated ? clock(standing.calibrated) : "never"}`}>
          overdue
        </span>
      )}
    </>
  );
}

export function ToReview({ judge, children }: { judge: string; children: string }) {
  const { project } = useAsked();
  return (
    <Link to="/review/$judge" params={{ judge }} search={{ project }} className="tolink">
      {children}
    </Link>
  );
}

export function ToCalibration({ judge, children }: { judge: string; children: string }) {
  const { project } = useAsked();
  return (
    <Link to="/quality/calibration/$judge" params={{ judge }} search={{ project }} className="tolink">
      {children}
    </Link>
  );
}

/** An interval as a bar on a scale from `least` to `most`, with a tick at its value and, fainter, one at what it is compared with. */
export function Whisker({
  of,
  raw,
  least = 0,
  most = 1,
}: {
  of: Interval | null;
  raw?: number | null;
  least?: number;
  most?: number;
}) {
  const at = (value: number | null | undefined) =>
    `${Math.min(100, Math.max(0, (((value ?? least) - least) / (most - least || 1)) * 100))}%`;
  if (!of || of.value === null) return <span className="whisker" aria-hidden="true" />;
  return (
    <span className="whisker" aria-hidden="true">
      <i style={{ left: at(of.low ?? least), right: `calc(100% - ${at(of.high ?? most)})` }} />
      {raw !== null && raw !== undefined && <u style={{ left: at(raw) }} />}
      <b style={{ left: at(of.value) }} />
    </span>
  );
}
