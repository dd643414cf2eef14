// Every judge and how far it can be believed. One leads to its calibration.
import { useQuery } from "@tanstack/react-query";
import { type ScoreName, scoreNames } from "../../api/quality";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { Empty } from "../../kit/States";
import { clock, count, UNKNOWN } from "../../parts/format";
import { useAsked } from "../../parts/useAsked";
import { judgeTitle, ToCalibration, ToReview, VerdictChip } from "./Figures";
import { Frame } from "./Frame";
import type { QualitySearch } from "./url";

export function Judges() {
  const { search, project, change, navigate } = useAsked<QualitySearch>();
  const found = useQuery(scoreNames({ project, from: "-90d" }));
  return (
    <Frame
      tab="calibration"
      what="the judges"
      query={found}
      windowed={false}
      isEmpty={(answer) => !answer.scores.some(isJudge)}
      empty={
        <Empty title="No judge has judged anything yet">
          <span>What a judge says is measured against what people say here, as soon as there is one.</span>
        </Empty>
      }
    >
      {(answer) => (
        <section className="scrolled">
          <p className="muted">
            A judge is never believed raw. Its numbers are corrected by what people say of some of what it judged, and it is
            calibrated anew when it is due.
          </p>
          <DataTable
            label="Judges"
            columns={COLUMNS}
            rows={answer.scores.filter(isJudge)}
            keyOf={(row) => `${row.author} ${row.name}`}
            sort={search.sort}
            onSort={(sort) => change({ sort }, true)}
            onOpen={(row) =>
              navigate({ to: "/quality/calibration/$judge", params: { judge: row.author ?? "" }, search: { project } })
            }
            keys
          />
        </section>
      )}
    </Frame>
  );
}

const isJudge = (score: ScoreName) => score.source === "judge" && score.author !== null;

const COLUMNS: DataColumn<ScoreName>[] = [
  {
    id: "judge",
    title: "Judge",
    sort: (row) => judgeTitle(row.author ?? "", row.name),
    cell: (row) => <ToCalibration judge={row.author ?? ""}>{judgeTitle(row.author ?? "", row.name)}</ToCalibration>,
  },
  { id: "version", title: "Version", cell: (row) => row.version || UNKNOWN },
  {
    id: "verdict",
    title: "Verdict",
    sort: (row) => row.standing?.verdict ?? null,
    cell: (row) => (
      <span className="chips">
        <VerdictChip standing={row.standing} />
      </span>
    ),
  },
  {
    id: "calibrated",
    title: "Calibrated",
    sort: (row) => row.standing?.calibrated ?? null,
    cell: (row) => (row.standing?.calibrated ? clock(row.standing.calibrated) : "never"),
  },
  {
    id: "due",
    title: "Due",
    sort: (row) => row.standing?.due ?? null,
    cell: (row) => (row.standing?.due ? clock(row.standing.due) : UNKNOWN),
  },
  {
    id: "labelled",
    title: "Labels then",
    numeric: true,
    sort: (row) => row.standing?.labelled ?? null,
    cell: (row) => count(row.standing?.labelled),
  },
  {
    id: "n",
    title: "Verdicts, 90 days",
    numeric: true,
    sort: (row) => row.n,
    cell: (row) => count(row.n),
  },
  { id: "review", title: "", cell: (row) => <ToReview judge={row.author ?? ""}>Review</ToReview> },
];
