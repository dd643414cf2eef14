// Where a judge stands: what it owes, what it spent, windows of the past that it is judging, and its versions.
import { Button, NativeSelect } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { backfill, backlog, type Judge, stopBackfill, versions } from "../../api/judges";
import { Bar } from "../../parts/Bar";
import { clock, count, percent, usd } from "../../parts/format";
import { NoWorker, today } from "./JudgesScreen";

export function Standing({ of }: { of: Judge }) {
  const found = useQuery(backlog(of.id));
  const kept = useQuery(versions(of.id)).data?.versions ?? [];
  const now = found.data;
  if (found.isError)
    return (
      <section className="panel" aria-label="Standing">
        <p className="fault" role="alert">
          {found.error.message}
        </p>
      </section>
    );
  if (!now) return null;
  const spent = today(now.spend);
  const budget = now.budget_usd_per_day;
  return (
    <section className="panel" aria-label="Standing">
      <h2>
        Version {of.version} <span className="muted">since {clock(of.since ?? of.updated)}</span>
      </h2>
      {now.workers === 0 && !of.definition.evaluator && <NoWorker />}
      <Bar share={now.selected ? now.judged / now.selected : 1} label="Judged" />
      <p>
        {count(now.judged)} of {count(now.selected)} judged
        {now.owed > 0 && (
          <>
            , {count(now.owed)} owed{now.oldest_owed && <span className="muted"> from {clock(now.oldest_owed)} on</span>}
          </>
        )}
        {now.in_flight > 0 && <span className="muted">; {count(now.in_flight)} being judged</span>}
        <span className="muted">; {count(now.matching)} match</span>
      </p>
      {now.failing > 0 && (
        <p className="warned" title={now.last_error ?? undefined}>
          {count(now.failing)} wait after a failure: {now.last_error}
        </p>
      )}
      <dl className="facts">
        <dt>Spent today</dt>
        <dd>
          {usd(spent?.spent_usd ?? 0)}
          {budget !== null && (
            <span className="muted">
              {" "}
              of {usd(budget)} ({percent(budget ? (spent?.committed_usd ?? 0) / budget : 1)} spent or committed)
            </span>
          )}
        </dd>
        {now.spend.length > 1 && (
          <>
            <dt>In {count(now.spend.length)} days</dt>
            <dd>
              {usd(now.spend.reduce((sum, day) => sum + day.spent_usd, 0))}{" "}
              <span className="muted">for {count(now.spend.reduce((sum, day) => sum + day.verdicts, 0))} verdicts</span>
            </dd>
          </>
        )}
        {kept.length > 1 && (
          <>
            <dt>Versions</dt>
            <dd>{kept.map((one) => `${one.version} (${clock(one.created)})`).join(", ")}</dd>
          </>
        )}
      </dl>
      {now.backfills.map((one) => (
        <div key={one.id} className="backfill">
          <Bar share={one.selected ? one.judged / one.selected : 1} label={`Past from ${clock(one.start)}`} />
          <span>
            {clock(one.start)} to {clock(one.end)}: {count(one.judged)} of {count(one.selected)}{" "}
            <span className="muted">{one.state}</span>
          </span>
          {one.state === "running" && <Stop judge={of.id} which={one.id} />}
        </div>
      ))}
      {!of.definition.evaluator && <Past of={of} />}
    </section>
  );
}

function Stop({ judge, which }: { judge: string; which: string }) {
  const known = useQueryClient();
  const stop = useMutation({
    mutationFn: () => stopBackfill(judge, which),
    onSuccess: () => known.invalidateQueries({ queryKey: ["/judges", judge] }),
  });
  return (
    <Button size="compact-xs" variant="subtle" color="gray" loading={stop.isPending} onClick={() => stop.mutate()}>
      Stop
    </Button>
  );
}

/** A window of the past: first what it would take, then the judging. */
function Past({ of }: { of: Judge }) {
  const known = useQueryClient();
  const [from, setFrom] = useState("-24h");
  const estimate = useMutation({ mutationFn: () => backfill(of.id, from, true) });
  const begin = useMutation({
    mutationFn: () => backfill(of.id, from, false),
    onSuccess: () => {
      estimate.reset();
      return known.invalidateQueries({ queryKey: ["/judges", of.id] });
    },
  });
  const wrong = estimate.error ?? begin.error;
  const take = estimate.data;
  return (
    <div className="past">
      <div className="buttons">
        <NativeSelect
          size="xs"
          aria-label="The past since"
          data={[
            { value: "-1h", label: "the last hour" },
            { value: "-24h", label: "the last day" },
            { value: "-7d", label: "the last week" },
            { value: "-30d", label: "the last month" },
          ]}
          value={from}
          onChange={(e) => {
            setFrom(e.currentTarget.value);
            estimate.reset();
          }}
        />
        <Button size="xs" variant="default" loading={estimate.isPending} onClick={() => estimate.mutate()}>
          What would judging it take?
        </Button>
      </div>
      {wrong && (
        <p className="fault" role="alert">
          {wrong.message}
        </p>
      )}
      {take && (
        <p>
          {count(take.owed)} to judge of {count(take.selected)}
          {take.usd !== null && <>, about {usd(take.usd)}</>}
          {take.days_by_budget !== null && take.days_by_budget > 1 && (
            <span className="warned"> over {count(Math.ceil(take.days_by_budget))} days of its budget</span>
          )}{" "}
          {take.owed > 0 && (
            <Button size="compact-xs" loading={begin.isPending} onClick={() => begin.mutate()}>
              Judge it
            </Button>
          )}
        </p>
      )}
    </div>
  );
}
