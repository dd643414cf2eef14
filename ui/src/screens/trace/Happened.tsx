// What has happened up to now in a replay, the latest first: spans beginning and ending, first tokens, events, log records.
import { duration } from "../../parts/format";
import { kindColour } from "../../parts/Marks";
import type { Moment } from "./play";

const SHOWN = 200;

export function Happened({ moments, now, onPick }: { moments: Moment[]; now: number; onPick: (moment: Moment) => void }) {
  const next = moments.findIndex((m) => m.at > now);
  const past = next < 0 ? moments : moments.slice(0, next);
  const ahead = moments.length - past.length;
  return (
    <section className="happened" aria-label="What happened">
      <header>
        {past.length.toLocaleString("en-US")} happened{ahead > 0 && `, ${ahead.toLocaleString("en-US")} still to come`}
      </header>
      <ol>
        {past
          .slice(-SHOWN)
          .reverse()
          .map((m, i) => (
            <li key={past.length - i}>
              <button type="button" onClick={() => onPick(m)}>
                <span className="num muted">{duration(m.at)}</span>
                <i className="dot" style={{ background: kindColour(m.span.kind) }} />
                <span className="cut">{inWords(m)}</span>
              </button>
            </li>
          ))}
      </ol>
    </section>
  );
}

export function inWords(m: Moment): string {
  return m.what === "event" || m.what === "log"
    ? `${m.what} “${m.name || "without a name"}” in ${m.span.name}`
    : `${m.span.name}: ${m.what}`;
}
