// Numbers at the head of a screen and shares with what they stand on; each leads to its traces.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Tally } from "../../api/reliability";
import { count, percent, UNKNOWN } from "../../parts/format";
import { tracesOf } from "../economics/url";
import { useReliability } from "./state";

export type Window = { from: string | null; to: string | null };

type TileProps = {
  label: string;
  value: string;
  window: Window;
  /** which traces the number is made of, within window and filter; null where they can't be named */
  filter?: string | null;
  tone?: "good" | "bad" | undefined;
  hint?: string;
  children?: ReactNode;
};

export function Tile({ label, value, window, filter = "", tone, hint, children }: TileProps) {
  const { search } = useReliability();
  return (
    <dl className="tile" title={hint}>
      <dt>{label}</dt>
      <dd data-tone={tone}>
        {filter === null ? (
          value
        ) : (
          <Link to="/traces" search={tracesOf(search, window, filter)} aria-label={`${label}: ${value}. Its traces`}>
            {value}
          </Link>
        )}
      </dd>
      {children && <dd className="beside">{children}</dd>}
    </dl>
  );
}

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

/** The way to single traces, by their ids. */
export function TraceIds({ ids }: { ids: readonly string[] }) {
  const { project } = useReliability();
  return (
    <span className="ids">
      {ids.map((id) => (
        <Link key={id} to="/traces/$id" params={{ id }} search={{ project }} className="mono" title={id}>
          {id.slice(0, 8)}
        </Link>
      ))}
    </span>
  );
}

/** A name that leads to its traces where the filter language can say them. */
export function Named({ name, window, filter }: { name: string; window: Window; filter: string | null }) {
  const { search } = useReliability();
  if (filter === null)
    return (
      <span className="cut" title="The filter language can't say this group">
        {name}
      </span>
    );
  return (
    <Link className="cut" to="/traces" search={tracesOf(search, window, filter)} title={`${name}: its traces`}>
      {name}
    </Link>
  );
}
