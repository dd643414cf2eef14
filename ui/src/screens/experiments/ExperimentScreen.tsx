// One experiment: its scores with intervals, and what each item came to.
import { ActionIcon, Button, Modal, NativeSelect } from "@mantine/core";
import { IconArrowLeft, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { deleteExperiment, type ExperimentSummary, experiment, experiments, type Result, results } from "../../api/experiments";
import { Clipped } from "../../kit/Clipped";
import { Copy } from "../../kit/Copy";
import { DataTable } from "../../kit/DataTable";
import { Failed, Loading } from "../../kit/States";
import { useKeys } from "../../kit/useKeys";
import { clock, count, duration, text } from "../../parts/format";
import { useAsked } from "../../parts/useAsked";
import { Place } from "../datasets/Place";
import { subjectOf } from "../datasets/words";
import { inUnit } from "./Figures";

const route = getRouteApi("/experiments/$id");
const AT_ONCE = 200;

export function ExperimentScreen() {
  const { id } = route.useParams();
  const { project } = useAsked();
  const found = useQuery(experiment(project, id));
  if (found.isError)
    return (
      <Place tab="/experiments">
        <Failed error={found.error} retry={() => found.refetch()} />
      </Place>
    );
  if (!found.data)
    return (
      <Place tab="/experiments">
        <Loading what="the experiment" />
      </Place>
    );
  return <Shown one={found.data} />;
}

function Shown({ one }: { one: ExperimentSummary }) {
  const { item } = route.useSearch();
  const { project, navigate } = useAsked();
  const [limit, setLimit] = useState(AT_ONCE);
  const found = useQuery(results(project, one.id, { limit }, one.finished === null));
  const others = (useQuery(experiments(project, one.dataset_id)).data?.experiments ?? []).filter((other) => other.id !== one.id);
  const rows = found.data?.results ?? [];
  const key = (row: Result) => `${row.item_id} ${row.repeat}`;
  const opened = rows.find((row) => key(row) === item);
  const change = (next: string | undefined) =>
    navigate({
      to: "/experiments/$id",
      params: { id: one.id },
      search: { project, ...(next && { item: next }) } as never,
      replace: true,
    });
  const back = () => navigate({ to: "/experiments", search: { project } });
  useKeys({ Escape: () => (opened ? change(undefined) : back()) });
  const owed = one.items * one.repeats;
  const scores = one.measures.filter((measure) => !["error", "latency_s", "cost_usd"].includes(measure.name));
  return (
    <Place
      tab="/experiments"
      title={one.name}
      controls={
        <>
          {others.length > 0 && (
            <NativeSelect
              size="xs"
              aria-label="Compare with"
              value=""
              data={[
                { value: "", label: "Compare with…" },
                ...others.map((other) => ({ value: other.id, label: `${other.name}, ${clock(other.created)}` })),
              ]}
              onChange={(e) => {
                const other = others.find((known) => known.id === e.currentTarget.value);
                if (!other) return;
                const [first, second] = other.created < one.created ? [other, one] : [one, other];
                navigate({ to: "/experiments/compare", search: { project, first: first.id, second: second.id } as never });
              }}
            />
          )}
          <Deleting one={one} onDone={back} />
        </>
      }
    >
      <header className="titled">
        <ActionIcon variant="subtle" color="gray" onClick={back} aria-label="Back to the experiments">
          <IconArrowLeft size={17} />
        </ActionIcon>
        <h1>{one.name}</h1>
        <span className="muted">
          <span className="mono">{subjectOf(one)}</span> over{" "}
          <Link to="/datasets/$id" params={{ id: one.dataset_id }} search={{ project, version: one.dataset_version } as never}>
            {one.dataset_name ?? "a deleted dataset"} v{one.dataset_version}
          </Link>
          , {clock(one.created)}
          {one.author && ` by ${one.author}`}
        </span>
        <Copy value={one.id} what="experiment id" />
        {!one.finished && <span className="chip">running</span>}
      </header>
      {one.results < owed && (
        <div
          className="gauge"
          role="progressbar"
          aria-label="Done"
          aria-valuemin={0}
          aria-valuemax={owed}
          aria-valuenow={one.results}
        >
          <span className="bar">
            <i style={{ width: `${(one.results / Math.max(owed, 1)) * 100}%` }} />
          </span>
          <span className="muted">
            {count(one.results)} of {count(owed)} done.{" "}
            {!one.finished && (
              <>
                Stopped? <code>sightline eval --resume {one.id} …</code> goes on.
              </>
            )}
          </span>
        </div>
      )}
      <div className="tiles">
        {one.measures
          .filter((measure) => measure.mean.value !== null || Object.keys(measure.labels).length > 0)
          .map((measure) => (
            <dl className="tile" key={measure.name}>
              <dt>{{ error: "Failed", latency_s: "Time, s", cost_usd: "Cost, USD" }[measure.name] ?? measure.name}</dt>
              {measure.mean.value !== null ? (
                <>
                  <dd>{inUnit(measure.mean.value, measure.type)}</dd>
                  <dd className="beside muted">
                    {measure.mean.low === null
                      ? `of ${count(measure.mean.items)} items`
                      : `${inUnit(measure.mean.low, measure.type)} to ${inUnit(measure.mean.high, measure.type)}, ${count(measure.mean.items)} items`}
                  </dd>
                </>
              ) : (
                <dd className="beside">
                  {Object.entries(measure.labels)
                    .slice(0, 4)
                    .map(([label, times]) => (
                      <div key={label}>
                        {label} <span className="muted">{count(times)}</span>
                      </div>
                    ))}
                </dd>
              )}
            </dl>
          ))}
      </div>
      <div className="beside-table">
        <section>
          {found.isError ? (
            <Failed error={found.error} retry={() => found.refetch()} />
          ) : (
            <DataTable
              label="Results"
              keys
              rows={rows}
              keyOf={key}
              open={item ?? null}
              onOpen={(row) => change(key(row) === item ? undefined : key(row))}
              columns={[
                {
                  id: "item",
                  title: "Item",
                  cell: (row: Result) => (
                    <span className="mono">
                      {row.item_id.slice(0, 16)}
                      {one.repeats > 1 && ` · ${row.repeat}`}
                    </span>
                  ),
                },
                {
                  id: "output",
                  title: "Output",
                  wide: true,
                  cell: (row) =>
                    row.error ? (
                      <span className="lines bad-text">{row.error}</span>
                    ) : (
                      <span className="lines">{text(row.output)}</span>
                    ),
                },
                ...scores.map((measure) => ({
                  id: measure.name,
                  title: measure.name,
                  numeric: measure.type !== "categorical",
                  cell: (row: Result) => {
                    const score = row.scores[measure.name];
                    if (!score) return <span className="muted">–</span>;
                    if (measure.type === "binary" && score.value !== null)
                      return (
                        <span className={`chip ${score.value ? "good" : "bad"}`}>
                          {score.label ?? (score.value ? "yes" : "no")}
                        </span>
                      );
                    return score.label ?? inUnit(score.value, measure.type);
                  },
                })),
                { id: "took", title: "Took", numeric: true, cell: (row) => duration(row.latency_ns) },
                {
                  id: "trace",
                  title: "Trace",
                  cell: (row) => (
                    <Link
                      to="/traces/$id"
                      params={{ id: row.trace_id }}
                      search={{ project: one.traces_project }}
                      className="mono"
                    >
                      {row.trace_id.slice(0, 8)}
                    </Link>
                  ),
                },
              ]}
            />
          )}
          {(found.data?.total ?? 0) > rows.length && (
            <Button size="xs" variant="default" onClick={() => setLimit(limit * 5)}>
              More of {count(found.data?.total)} results
            </Button>
          )}
        </section>
        {opened && <ResultCard row={opened} one={one} />}
      </div>
    </Place>
  );
}

function ResultCard({ row, one }: { row: Result; one: ExperimentSummary }) {
  const { project } = useAsked();
  return (
    <aside className="why card" aria-label="Result">
      <header>
        <h2 className="mono cut">{row.item_id}</h2>
      </header>
      <section>
        <h3>{row.error ? "Error" : "Output"}</h3>
        <div className="text preview-text">
          <Clipped>{row.error ?? (typeof row.output === "string" ? row.output : JSON.stringify(row.output, null, 2))}</Clipped>
        </div>
      </section>
      {Object.entries(row.scores).map(([name, score]) => (
        <section key={name}>
          <h3>{name}</h3>
          <span>
            {score.label ?? inUnit(score.value, score.type)} <span className="muted">by {score.author || score.source}</span>
          </span>
          {score.explanation && <div className="text muted">{score.explanation}</div>}
        </section>
      ))}
      <Link
        to="/datasets/$id"
        params={{ id: one.dataset_id }}
        search={{ project, version: one.dataset_version, item: row.item_id } as never}
      >
        The item
      </Link>
      <Link to="/traces/$id" params={{ id: row.trace_id }} search={{ project: one.traces_project }}>
        Its trace
      </Link>
    </aside>
  );
}

function Deleting({ one, onDone }: { one: ExperimentSummary; onDone: () => void }) {
  const known = useQueryClient();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <ActionIcon variant="subtle" color="red" aria-label="Delete the experiment" onClick={() => setAsking(true)}>
        <IconTrash size={16} />
      </ActionIcon>
      <Modal opened={asking} onClose={() => setAsking(false)} title={`Delete ${one.name}?`}>
        <div className="form">
          <span>Its {count(one.results)} results go. Its traces stay as long as traces do.</span>
          <Button
            size="xs"
            color="red"
            data-autofocus
            onClick={async () => {
              await deleteExperiment(one.project, one.id);
              await known.invalidateQueries({ queryKey: ["/experiments", one.project] });
              onDone();
            }}
          >
            Delete it
          </Button>
        </div>
      </Modal>
    </>
  );
}
