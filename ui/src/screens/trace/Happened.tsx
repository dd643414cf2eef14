// What has happened up to now in a replay, the latest first: spans beginning and ending, first tokens, events, log records.
import { duration } from "../../parts/format";
import { kindColour } from "../../parts/Marks";
import { happenedBy, type Moment } from "./play";

const SHOWN = 200;

type Props = { moments: Moment[]; now: number; withoutEvents: boolean; onPick: (moment: Moment) => void };

export function Happened({ moments, now, withoutEvents, onPick }: Props) {
  const past = happenedBy(moments, now);
  const ahead = moments.length - past;
  return (
    <section className="happened" aria-label="What happened">
      <header>
        {past.toLocaleString("en-US")} happened{ahead > 0 && `, ${ahead.toLocaleString("en-US")} still to come`}
        {withoutEvents && ". The trace is large: events and log records are read span by span."}
      </header>
      <ol>
        {moments
          .slice(Math.max(0, past - SHOWN), past)
          .reverse()
          .map((m, i) => (
            <li key={past - i}>
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
