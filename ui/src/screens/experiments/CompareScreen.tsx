// Two experiments, item by item: what became better, what worse, and whether it matters.
import { ActionIcon, NumberInput } from "@mantine/core";
import { IconArrowLeft, IconArrowsLeftRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import {
  type ComparedMeasure,
  type Comparison,
  comparison,
  type DifferingItem,
  type Experiment,
  results,
} from "../../api/experiments";
import { Clipped } from "../../kit/Clipped";
import { DataTable } from "../../kit/DataTable";
import { Empty } from "../../kit/States";
import { useKeys } from "../../kit/useKeys";
import { Answered } from "../../parts/Frame";
import { clock, count } from "../../parts/format";
import { useAsked } from "../../parts/useAsked";
import { Place } from "../datasets/Place";
import { subjectOf } from "../datasets/words";
import { DifferenceBar, inUnit, movedBy, OutcomeChip, Ranged } from "./Figures";

const route = getRouteApi("/experiments/compare");

export function CompareScreen() {
  const { first, second, margin = 0, item } = route.useSearch();
  const { project, navigate } = useAsked();
  const known = first && second;
  const found = useQuery({ ...comparison(project, { first: first ?? "", second: second ?? "", margin }), enabled: !!known });
  const change = (next: Record<string, unknown>) =>
    navigate({ to: "/experiments/compare", search: { project, first, second, margin, item, ...next } as never, replace: true });
  const swap = () => change({ first: second, second: first });
  const back = () => navigate({ to: "/experiments", search: { project } });
  useKeys({ s: swap, Escape: () => (item ? change({ item: undefined }) : back()) });
  return (
    <Place
      tab="/experiments"
      title="Comparison"
      controls={
        known && (
          <>
            <NumberInput
              size="xs"
              w={190}
              aria-label="Loss that doesn't matter"
              leftSection={<span className="muted small">margin</span>}
              leftSectionWidth={56}
              min={0}
              step={0.01}
              decimalScale={4}
              value={margin}
              onChange={(value) => change({ margin: Number(value) || undefined })}
            />
            <ActionIcon variant="default" size={30} onClick={swap} aria-label="Swap the two" title="Press s">
              <IconArrowsLeftRight size={15} />
            </ActionIcon>
          </>
        )
      }
    >
      {!known ? (
        <Empty title="Choose two experiments">
          <span>
            In the list of{" "}
            <Link to="/experiments" search={{ project }}>
              experiments
            </Link>
            , choose two over one dataset and press c.
          </span>
        </Empty>
      ) : (
        <>
          <header className="titled">
            <ActionIcon variant="subtle" color="gray" onClick={back} aria-label="Back to the experiments">
              <IconArrowLeft size={17} />
            </ActionIcon>
            <h1>Comparison</h1>
            {found.data && <OutcomeChip outcome={found.data.outcome} />}
          </header>
          <Answered query={found} what="the comparison" isEmpty={() => false} empty={null}>
            {(answer) => <Compared answer={answer} item={item} onItem={(id) => change({ item: id })} />}
          </Answered>
        </>
      )}
    </Place>
  );
}

type ComparedProps = { answer: Comparison; item: string | undefined; onItem: (id: string | undefined) => void };

function Compared({ answer, item, onItem }: ComparedProps) {
  const { margin } = answer;
  const gated = answer.measures.filter((one) => answer.gated.includes(one.name));
  return (
    <>
      <div className="versus-pair">
        <Side title="First" one={answer.first} />
        <span aria-hidden="true">→</span>
        <Side title="Second" one={answer.second} />
        <span className="muted">
          {count(answer.items)} items in common
          {answer.changed_items > 0 && `; ${count(answer.changed_items)} left out: the dataset has changed them in between`}
        </span>
      </div>
      <p className="note" data-outcome={answer.outcome}>
        {said(answer, gated)}
      </p>
      <section className="scrolled">
        <DataTable
          label="Measures"
          rows={answer.measures}
          keyOf={(row) => row.name}
          columns={[
            {
              id: "name",
              title: "Measure",
              cell: (row: ComparedMeasure) => (
                <>
                  {row.name} {row.lower_is_better && <span className="muted">less is better</span>}
                </>
              ),
            },
            { id: "first", title: "First", cell: (row) => <Ranged of={row.first} type={row.type} /> },
            { id: "second", title: "Second", cell: (row) => <Ranged of={row.second} type={row.type} /> },
            {
              id: "difference",
              title: "Difference, paired by item",
              wide: true,
              hint: "Right is better; the mark left of the middle is the margin",
              cell: (row) => (
                <span className="with-bar">
                  <DifferenceBar
                    low={row.difference.low}
                    high={row.difference.high}
                    value={row.difference.value}
                    margin={margin}
                    lower={row.lower_is_better}
                    reach={reachOf(row, margin)}
                  />
                  <span className="ranged" title={`${row.method}, p = ${row.p_value?.toPrecision(2) ?? "–"}`}>
                    <b>{movedBy(row.difference.value, row.type)}</b>{" "}
                    {row.difference.low !== null && (
                      <span className="muted">
                        {movedBy(row.difference.low, row.type)} to {movedBy(row.difference.high, row.type)}
                      </span>
                    )}
                  </span>
                </span>
              ),
            },
            { id: "better", title: "Better", numeric: true, cell: (row) => count(row.better) },
            { id: "worse", title: "Worse", numeric: true, cell: (row) => count(row.worse) },
            { id: "same", title: "Same", numeric: true, cell: (row) => count(row.same) },
            {
              id: "outcome",
              title: "Gate",
              cell: (row) =>
                answer.gated.includes(row.name) ? (
                  <OutcomeChip outcome={row.outcome} />
                ) : (
                  <span className="muted">not gated</span>
                ),
            },
          ]}
        />
      </section>
      <section className="scrolled">
        <h2>Items that differ</h2>
        {answer.differing.length === 0 ? (
          <p className="note">No item has another score than before.</p>
        ) : (
          <div className="beside-table">
            <section>
              <DataTable
                label="Items that differ"
                keys
                rows={answer.differing.slice(0, 500)}
                keyOf={(row) => row.item_id}
                open={item ?? null}
                onOpen={(row) => onItem(row.item_id === item ? undefined : row.item_id)}
                columns={[
                  {
                    id: "item",
                    title: "Item",
                    wide: true,
                    cell: (row: DifferingItem) => (
                      <span className="lines" title={row.item_id}>
                        {row.input}
                      </span>
                    ),
                  },
                  {
                    id: "change",
                    title: "",
                    cell: (row) => (
                      <span className={`chip ${row.change < 0 ? "bad" : "good"}`}>{row.change < 0 ? "worse" : "better"}</span>
                    ),
                  },
                  ...answer.measures
                    .filter((one) => answer.differing.some((row) => row.scores[one.name]))
                    .map((one) => ({
                      id: one.name,
                      title: one.name,
                      cell: (row: DifferingItem) => {
                        const pair = row.scores[one.name];
                        return pair ? `${single(pair.first, one.type)} → ${single(pair.second, one.type)}` : "";
                      },
                    })),
                ]}
              />
              {answer.differing.length > 500 && <p className="muted">{count(answer.differing.length - 500)} more.</p>}
            </section>
            {item && <ItemCompared id={item} pair={[answer.first, answer.second]} />}
          </div>
        )}
      </section>
    </>
  );
}

function said(answer: Comparison, gated: ComparedMeasure[]): string {
  const worse = gated.filter((one) => one.outcome === "regression").map((one) => one.name);
  const open = gated.filter((one) => one.outcome === "not enough data");
  const loss = answer.margin > 0 ? `more than ${answer.margin} ` : "";
  if (worse.length) return `${worse.join(", ")} became ${loss}worse: more than chance explains.`;
  if (answer.outcome === "pass")
    return `Nothing became ${loss || "at all "}worse, as far as chance allows: the interval of each score lies above the margin.`;
  if (gated.length === 0) return "There is no score to gate: give the experiments an evaluator.";
  const most = Math.max(...open.map((one) => one.items_to_decide ?? 0));
  return `Not enough data to tell whether ${open.map((one) => one.name).join(", ")} became ${loss}worse.${
    most > 0 ? ` About ${count(most)} items would decide if the difference stays as it is.` : ""
  }${answer.margin === 0 ? " Without a margin only a gain passes: say which loss doesn't matter." : ""}`;
}

/** Of one item: a yes or a no is no percentage. */
function single(value: number, type: string): string {
  return type === "binary" && (value === 0 || value === 1) ? (value ? "yes" : "no") : inUnit(value, type);
}

function reachOf(row: ComparedMeasure, margin: number): number {
  const ends = [row.difference.low, row.difference.high, row.difference.value].filter((n): n is number => n !== null);
  return Math.max(...ends.map(Math.abs), margin, 1e-12) * 1.15;
}

function Side({ title, one }: { title: string; one: Experiment }) {
  const { project } = useAsked();
  return (
    <div className="tile">
      <div className="muted small">
        {title}, {clock(one.created)}
      </div>
      <Link to="/experiments/$id" params={{ id: one.id }} search={{ project }}>
        <b>{one.name}</b>
      </Link>
      <div className="mono small cut">{subjectOf(one)}</div>
    </div>
  );
}

function ItemCompared({ id, pair }: { id: string; pair: [Experiment, Experiment] }) {
  const { project } = useAsked();
  return (
    <aside className="why card" aria-label="Item in both">
      <header>
        <h2 className="mono cut">{id}</h2>
        <span className="grow" />
        <Link
          to="/datasets/$id"
          params={{ id: pair[1].dataset_id }}
          search={{ project, version: pair[1].dataset_version, item: id } as never}
        >
          The item
        </Link>
      </header>
      {pair.map((one, index) => (
        <OneSide key={one.id} one={one} id={id} title={index === 0 ? "First" : "Second"} />
      ))}
    </aside>
  );
}

function OneSide({ one, id, title }: { one: Experiment; id: string; title: string }) {
  const { project } = useAsked();
  const found = useQuery(results(project, one.id, { item_id: id })).data?.results ?? [];
  return (
    <section>
      <h3>{title}</h3>
      {found.map((row) => (
        <div key={row.repeat} className="text preview-text">
          <Clipped>{row.error ?? (typeof row.output === "string" ? row.output : JSON.stringify(row.output, null, 2))}</Clipped>
          <div className="muted small">
            {Object.entries(row.scores)
              .map(([name, score]) => `${name}: ${score.label ?? inUnit(score.value, score.type)}`)
              .join(", ")}{" "}
            <Link to="/traces/$id" params={{ id: row.trace_id }} search={{ project: one.traces_project }}>
              trace
            </Link>
          </div>
        </div>
      ))}
    </section>
  );
}
