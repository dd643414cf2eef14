// Percentiles at the head of a screen: a quantile of too few is never shown as a number.
import { Link } from "@tanstack/react-router";
import { LEVELS, type Percentiles, type TimeWindow } from "../../api/latency";
import { tracesOf } from "../../parts/asked";
import { count, duration } from "../../parts/format";
import { useLatency } from "./state";
import type { MeasureInfo, Of } from "./url";

/** A value in its unit. */
export function valued(unit: string): (n: number | null | undefined) => string {
  return unit === "ns" ? duration : (n) => (n === null || n === undefined ? "–" : `${Number(n.toPrecision(3))} /s`);
}

type Props = { total: Percentiles; window: TimeWindow; of: Of; measure: MeasureInfo; method: string; error: number };

export function Tiles({ total, window, of, measure, method, error }: Props) {
  const { search } = useLatency();
  const said = valued(measure.unit);
  const name = of === "requests" ? `trace.${measure.id}` : measure.id;
  return (
    <div className="tiles">
      {LEVELS.map((level) => (
        <dl className="tile" key={level} title={total.enough[level] ? undefined : `Too few for a ${level.toUpperCase()}`}>
          <dt>{level.toUpperCase()}</dt>
          <dd>
            {total.enough[level] && total[level] !== null ? (
              <Link
                to="/traces"
                search={tracesOf(search, window, `${name} >= ${Math.floor(total[level])}`)}
                aria-label={`${level.toUpperCase()}: ${said(total[level])}. The traces from there on`}
              >
                {said(total[level])}
              </Link>
            ) : (
              <span className="muted">too few</span>
            )}
          </dd>
        </dl>
      ))}
      <dl className="tile">
        <dt>{total.enough.p99 ? "Max" : `Max of ${count(total.n)}`}</dt>
        <dd>{said(total.max)}</dd>
      </dl>
      <dl className="tile">
        <dt>Mean</dt>
        <dd>{said(total.mean)}</dd>
      </dl>
      <dl className="tile">
        <dt>{of === "requests" ? "Requests" : "Spans"}</dt>
        <dd>{count(total.n)}</dd>
        <dd className="beside muted">{method === "exact" ? "exact" : `within ${error * 100} %`}</dd>
      </dl>
    </div>
  );
}

/** A quantile in a table: a dash where too few stand behind it. */
export function Quantile({ row, level, unit }: { row: Percentiles; level: (typeof LEVELS)[number]; unit: string }) {
  if (!row.enough[level])
    return (
      <span className="muted" title={`${level.toUpperCase()} of ${row.n} says nothing: it takes ${LEAST[level]}`}>
        too few
      </span>
    );
  return <>{valued(unit)(row[level])}</>;
}

export const LEAST = { p50: 10, p90: 50, p95: 100, p99: 500 } as const;
