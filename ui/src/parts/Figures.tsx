// Numbers at the head of a screen and names in its tables; each leads to its traces.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { tracesOf, type Window } from "./asked";
import { useAsked } from "./useAsked";

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
  const { search } = useAsked();
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

/** A share as a bar, for the eye; the number stands beside it. */
export function ShareBar({ share, colour = "var(--accent)" }: { share: number | null; colour?: string }) {
  return (
    <span className="sharebar" aria-hidden="true">
      <i style={{ width: `${Math.max(0, Math.min(1, share ?? 0)) * 100}%`, background: colour }} />
    </span>
  );
}

/** The way to single traces, by their ids. */
export function TraceIds({ ids }: { ids: readonly string[] }) {
  const { project } = useAsked();
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
  const { search } = useAsked();
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
