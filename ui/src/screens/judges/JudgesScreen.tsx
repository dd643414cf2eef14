// Who judges: every judge with what it looks at, what it owes and what it may spend; and the rubrics to begin with.
import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { backlog, type Judge, judges, library } from "../../api/judges";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { Empty } from "../../kit/States";
import { useKeys } from "../../kit/useKeys";
import { useTitle } from "../../kit/useTitle";
import { Answered } from "../../parts/Frame";
import { count, percent, usd } from "../../parts/format";
import { useAsked } from "../../parts/useAsked";
import { modelsOf } from "./draft";
import type { JudgesSearch } from "./url";

export function JudgesScreen() {
  const { search, project, change, navigate } = useAsked<JudgesSearch>();
  const found = useQuery(judges(project));
  useTitle("Judges");
  const make = () => navigate({ to: "/judges/new", search: { project } });
  useKeys({ n: make });
  return (
    <>
      <div className="subbar">
        <span className="muted">
          {found.data && (found.data.workers ? `${count(found.data.workers)} at work` : "No worker is connected")}
        </span>
        <span className="grow" />
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={make} title="Press n">
          New judge
        </Button>
      </div>
      <div className="answer">
        <Answered query={found} what="the judges" isEmpty={(answer) => answer.judges.length === 0} empty={<NoJudge />}>
          {(answer) => (
            <>
              {answer.workers === 0 && <NoWorker />}
              <DataTable
                label="Judges"
                columns={COLUMNS}
                rows={answer.judges}
                keyOf={(row) => row.id}
                sort={search.sort ?? "name"}
                onSort={(sort) => change({ sort })}
                onOpen={(row) => navigate({ to: "/judges/$judge", params: { judge: row.id }, search: { project } })}
                keys
              />
            </>
          )}
        </Answered>
      </div>
    </>
  );
}

const COLUMNS: DataColumn<Judge>[] = [
  {
    id: "name",
    title: "Judge",
    sort: (row) => row.name,
    cell: (row) => (
      <Link to="/judges/$judge" params={{ judge: row.id }} search={{ project: row.project }}>
        {row.name}
      </Link>
    ),
  },
  {
    id: "on",
    title: "",
    sort: (row) => Number(row.enabled),
    cell: (row) => <span className={row.enabled ? "chip good" : "chip"}>{row.enabled ? "on" : "off"}</span>,
  },
  { id: "version", title: "Version", numeric: true, sort: (row) => row.version, cell: (row) => row.version },
  {
    id: "target",
    title: "Looks at",
    wide: true,
    cell: ({ definition }) => (
      <>
        {percent(definition.sampling.rate)} of {definition.target}s{" "}
        {definition.filter && <code title={definition.filter}>{definition.filter}</code>}
      </>
    ),
  },
  { id: "by", title: "Asks", sort: (row) => byWhom(row), cell: (row) => <span className="cut">{byWhom(row)}</span> },
  { id: "owed", title: "Judged, owed", numeric: true, cell: (row) => <Owed of={row} /> },
  { id: "spent", title: "Spent today", numeric: true, cell: (row) => <SpentToday of={row} /> },
  {
    id: "trust",
    title: "Believed",
    cell: (row) => (
      <Link to="/quality/calibration/$judge" params={{ judge: row.id }} search={{ project: row.project }}>
        calibration
      </Link>
    ),
  },
];

const byWhom = ({ definition }: Judge): string =>
  definition.evaluator
    ? `code: ${definition.evaluator.name}`
    : modelsOf(definition)
        .map((one) => one.model)
        .join(", ");

function Owed({ of }: { of: Judge }) {
  const found = useQuery(backlog(of.id)).data;
  if (!found) return <span className="muted">…</span>;
  return (
    <span title={found.last_error ?? undefined}>
      {count(found.judged)}
      <span className="muted">, {count(found.owed)}</span>
      {found.failing > 0 && <span data-tone="bad"> {count(found.failing)} failing</span>}
    </span>
  );
}

function SpentToday({ of }: { of: Judge }) {
  const found = useQuery(backlog(of.id)).data;
  if (!found) return null;
  const spent = today(found.spend)?.spent_usd ?? 0;
  const budget = found.budget_usd_per_day;
  return (
    <span>
      {usd(spent)} {budget !== null && <span className="muted">of {usd(budget)}</span>}
    </span>
  );
}

/** Days are those of UTC, as the budget's. */
export function today<Day extends { day: string }>(spend: readonly Day[]): Day | undefined {
  const now = new Date().toISOString().slice(0, 10);
  return spend.find((one) => one.day === now);
}

export function NoWorker() {
  return (
    <p className="note">
      Judges that ask a model wait for a worker. Start one, with the models' keys in its environment:{" "}
      <code>sightline worker</code>
    </p>
  );
}

function NoJudge() {
  const { project } = useAsked();
  const rubrics = useQuery(library).data?.judges ?? [];
  return (
    <div className="rubrics">
      <Empty title="Nobody judges yet">
        <span>A judge reads a share of what was answered, and says by a rubric how good it was. Begin with one of these.</span>
      </Empty>
      <div className="cards">
        {rubrics.map((rubric) => (
          <Link
            key={rubric.name}
            to="/judges/new"
            search={{ project, from: rubric.name }}
            className="card"
            aria-label={`Begin with ${rubric.title}`}
          >
            <h2>{rubric.title}</h2>
            <span className="muted">
              {
                String(rubric.definition.rubric ?? "")
                  .trim()
                  .split("\n\n")[0]
              }
            </span>
          </Link>
        ))}
      </div>
    </div>
  );
}
