// What the response waited for: which stage owns the P50 and which the P99, and what the P99 would be without its slow cases.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { LEVELS, type Level, type Stage, type StagesAnswer, stages } from "../../api/latency";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { tracesOf } from "../../parts/asked";
import { count, duration, percent, UNKNOWN } from "../../parts/format";
import { colourOf } from "../../parts/series";
import { Frame } from "./Frame";
import { useLatency } from "./state";

export const APP_TIME = "app time";
const nameOf = (stage: Stage) => stage.stage ?? APP_TIME;
const keyOf = (stage: Stage) => `${stage.is_app} ${stage.stage}`;

export function Waits() {
  const { asked } = useLatency();
  const found = useQuery(stages(asked));
  return (
    <Frame
      tab="waits"
      what="what was waited for"
      query={found}
      table={{ path: "/latency/stages", params: asked }}
      isEmpty={(answer) => answer.requests === 0}
      empty="No settled request with a root is here yet."
    >
      {(answer) => <Shown answer={answer} />}
    </Frame>
  );
}

function Shown({ answer }: { answer: StagesAnswer }) {
  const { search, change, navigate } = useLatency();
  const colours = useMemo(() => new Map(answer.stages.map((stage, index) => [keyOf(stage), colourFor(stage, index)])), [answer]);
  const columns = useMemo(() => columnsOf(answer, colours), [answer, colours]);
  return (
    <>
      <div className="tiles">
        {answer.bands.map((band) => {
          const level = band.percentile as Level;
          const owner = answer.stages.find((stage) => nameOf(stage) === band.owner);
          return (
            <dl className="tile" key={band.percentile}>
              <dt>
                {band.percentile.toUpperCase()} {answer.total.enough[level] ? duration(answer.total[level]) : ""}
              </dt>
              <dd>
                {band.enough && answer.total.enough[level] ? (
                  <Link
                    to="/traces"
                    search={tracesOf(
                      search,
                      answer.window,
                      `trace.duration_ns >= ${Math.floor(band.low ?? 0)} and trace.duration_ns <= ${Math.ceil(band.high ?? 0)}`,
                    )}
                    aria-label={`${band.percentile.toUpperCase()} is owned by ${band.owner}. Its traces`}
                  >
                    {band.owner ?? UNKNOWN}
                  </Link>
                ) : (
                  <span className="muted">too few</span>
                )}
              </dd>
              <dd className="beside muted">
                {owner && band.enough
                  ? `owns ${percent(owner.share_near[level])} of ${count(band.n)} requests near it`
                  : `${count(band.n)} near it`}
              </dd>
            </dl>
          );
        })}
      </div>
      <section className="waits" aria-label="What requests near each percentile waited for">
        {LEVELS.map((level) => {
          const band = answer.bands.find((one) => one.percentile === level);
          if (!band?.enough) return null;
          return (
            <div key={level}>
              <span className="muted">{level.toUpperCase()}</span>
              <span className="bar">
                {answer.stages.map((stage) => {
                  const share = stage.share_near[level] ?? 0;
                  const said = `${nameOf(stage)}: ${duration(stage.mean_near[level])}, ${percent(share)}`;
                  return (
                    <i
                      key={keyOf(stage)}
                      title={said}
                      style={{ width: `${share * 100}%`, background: colours.get(keyOf(stage)) }}
                    />
                  );
                })}
              </span>
              <span className="num">{duration(band.mean)}</span>
            </div>
          );
        })}
        <div className="legend">
          {answer.stages.slice(0, 9).map((stage) => (
            <span key={keyOf(stage)}>
              <i className="dot" style={{ background: colours.get(keyOf(stage)) }} />
              {nameOf(stage)}
            </span>
          ))}
        </div>
      </section>
      <section className="scrolled">
        <DataTable
          label="What was waited for"
          columns={columns}
          rows={answer.stages}
          keyOf={keyOf}
          sort={search.sort}
          onSort={(sort) => change({ sort }, true)}
          onOpen={(stage) => navigate({ to: "/traces", search: tracesOf(search, answer.window, stage.filter) })}
          keys
        />
      </section>
      <p className="muted">
        A request waits for one thing at a time: work done at once counts once, and the parts of a request add up to its duration.{" "}
        {APP_TIME[0]?.toUpperCase()}
        {APP_TIME.slice(1)} lies between the spans. “If usual” is what the P99 would be had that stage never taken longer than its
        own median.
        {answer.sampled_one_in > 1 && ` Of one request in ${count(answer.sampled_one_in)}.`}
      </p>
    </>
  );
}

function colourFor(stage: Stage, index: number): string {
  return stage.is_app ? "var(--part-other)" : `var(${colourOf(index)})`;
}

function columnsOf(answer: StagesAnswer, colours: Map<string, string>): DataColumn<Stage>[] {
  const p99 = answer.total.enough.p99 ? answer.total.p99 : null;
  return [
    {
      id: "stage",
      title: "Stage",
      sort: nameOf,
      cell: (stage) => (
        <span className="named">
          <i className="dot" style={{ background: colours.get(keyOf(stage)) }} />
          <span className="cut">{nameOf(stage)}</span>
        </span>
      ),
    },
    { id: "requests", title: "Requests", numeric: true, sort: (s) => s.requests, cell: (s) => count(s.requests) },
    { id: "median", title: "Median", numeric: true, sort: (s) => s.median_ns, cell: (s) => duration(s.median_ns) },
    ...LEVELS.map((level) => ({
      id: level,
      title: `near ${level.toUpperCase()}`,
      hint: `Its mean wait in requests near the ${level.toUpperCase()}`,
      numeric: true,
      sort: (s: Stage) => s.mean_near[level],
      cell: (s: Stage) =>
        answer.bands.find((band) => band.percentile === level)?.enough ? (
          <>
            {duration(s.mean_near[level])} <span className="muted">{percent(s.share_near[level])}</span>
          </>
        ) : (
          <span className="muted">too few</span>
        ),
    })),
    {
      id: "whatif",
      title: "P99 if usual",
      hint: "What the P99 would be had this stage never taken longer than its own median",
      numeric: true,
      sort: (s) => s.what_if?.p99 ?? null,
      cell: (s) => {
        if (p99 === null || !s.what_if?.p99) return <span className="muted">{p99 === null ? "too few" : UNKNOWN}</span>;
        const saved = (p99 - s.what_if.p99) / p99;
        return (
          <>
            {duration(s.what_if.p99)}{" "}
            {saved >= 0.0005 && <span data-tone={saved > 0.01 ? "good" : undefined}>−{percent(saved)}</span>}
          </>
        );
      },
    },
  ];
}
