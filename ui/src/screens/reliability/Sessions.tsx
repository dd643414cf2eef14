// Sessions as their users lived them: how many turns, how many were left without an answer, how long the others took.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type SessionsAnswer, sessions } from "../../api/reliability";
import { DataTable } from "../../kit/DataTable";
import { Named, Tile } from "../../parts/Figures";
import { count, duration, percent, UNKNOWN } from "../../parts/format";
import { between } from "./Figures";
import { Frame } from "./Frame";
import { useReliability } from "./state";

export function Sessions() {
  const { asked } = useReliability();
  const found = useQuery(sessions(asked));
  return (
    <Frame
      tab="sessions"
      what="the sessions"
      query={found}
      isEmpty={(answer) => answer.sessions === 0}
      empty="No request here says which session it belongs to."
    >
      {(answer) => <Lived answer={answer} />}
    </Frame>
  );
}

function Lived({ answer }: { answer: SessionsAnswer }) {
  const { project } = useReliability();
  const { window, turns, time_to_resolution: took } = answer;
  const over = answer.sessions - answer.open;
  return (
    <>
      <div className="tiles">
        <Tile label="Sessions that ended" value={count(over)} window={window} filter="session_id is not null">
          <span className="muted">{count(answer.open)} more are too recent to tell</span>
        </Tile>
        <Tile
          label="Abandoned"
          value={percent(answer.abandoned.share)}
          window={window}
          filter={null}
          tone={answer.abandoned.of > 0 ? "bad" : undefined}
          hint="The last request failed, was cancelled or got no answer"
        >
          <span className="muted">
            {count(answer.abandoned_failed)} after a failure, {count(answer.abandoned_empty)} without an answer;{" "}
            {between(answer.abandoned)}
          </span>
        </Tile>
        <Tile label="Turns, mean" value={turns.mean === null ? UNKNOWN : turns.mean.toFixed(1)} window={window} filter={null}>
          <span className="muted">
            P50 {count(turns.p50)}
            {turns.n >= 100 && `, P95 ${count(turns.p95)}`}, most {count(turns.max)}
          </span>
        </Tile>
        <Tile label="Time to resolution, P50" value={duration(took.p50_ns)} window={window} filter={null}>
          <span className="muted">
            {took.n >= 100 ? `P95 ${duration(took.p95_ns)}, ` : ""}of {count(took.n)} that were not abandoned
          </span>
        </Tile>
      </div>
      <section className="scrolled">
        <h2>Abandoned last</h2>
        {answer.abandoned_sessions.length ? (
          <DataTable
            label="Abandoned sessions"
            columns={[
              {
                id: "session",
                title: "Session",
                wide: true,
                cell: (row) => <Named name={row.session_id} window={{ from: null, to: null }} filter={row.filter} />,
              },
              {
                id: "last",
                title: "Its last request",
                cell: (row) => (
                  <Link to="/traces/$id" params={{ id: row.last_trace_id }} search={{ project }} className="mono">
                    {row.last_trace_id.slice(0, 8)}
                  </Link>
                ),
              },
            ]}
            rows={answer.abandoned_sessions}
            keyOf={(row) => row.session_id}
            keys
          />
        ) : (
          <p className="note">No session that is over was left without an answer.</p>
        )}
      </section>
      <p className="muted">
        A session is over when nothing came for 30 minutes after its last request. Abandoned: that request failed, was cancelled
        or got no answer. Whether people were satisfied with the answer they got is not in it.
      </p>
    </>
  );
}
