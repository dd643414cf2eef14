// Shares with what they stand on.
import type { Tally } from "../../api/reliability";
import { count, percent, UNKNOWN } from "../../parts/format";

/** A share; of few cases its interval instead, which is all that can be said. */
export function Share({ of }: { of: Tally }) {
  if (of.share === null) return <span className="muted">{UNKNOWN}</span>;
  const said = `${count(of.of)} of ${count(of.n)}`;
  if (!of.enough && of.interval)
    return (
      <span className="muted" title={`${said}: too few to say more than a range`}>
        {percent(of.interval[0])}–{percent(of.interval[1])}
      </span>
    );
  return <span title={`${said}; 95 % interval ${between(of)}`}>{percent(of.share)}</span>;
}

export function between({ interval }: Tally): string {
  return interval ? `${percent(interval[0])} to ${percent(interval[1])}` : UNKNOWN;
}
