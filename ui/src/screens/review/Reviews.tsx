// What waits for people: every judge with its queue, and how far it can be believed.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type ReviewedJudge, reviews } from "../../api/reviews";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { Empty } from "../../kit/States";
import { useTitle } from "../../kit/useTitle";
import { ShareBar } from "../../parts/Figures";
import { Answered } from "../../parts/Frame";
import { clock, count, UNKNOWN } from "../../parts/format";
import { judgeTitle, ToCalibration, ToReview, VerdictChip } from "../quality/Figures";
import { useRater } from "./rater";
import { WhoAreYou } from "./WhoAreYou";

const route = getRouteApi("/review");

export function Reviews() {
  const { project = "default" } = route.useSearch();
  const navigate = useNavigate();
  const [rater, setRater] = useRater();
  const found = useQuery(reviews(project, rater || "nobody"));
  useTitle("Review");
  return (
    <>
      <div className="subbar">
        <span>
          <b>Review</b> <span className="muted">what people are asked to label, so that judges can be believed</span>
        </span>
        <span className="grow" />
        {rater && <WhoAreYou rater={rater} onSay={setRater} />}
      </div>
      <div className="answer">
        <Answered
          query={found}
          what="what waits"
          isEmpty={(answer) => answer.judges.length === 0}
          empty={
            <Empty title="Nothing to review yet">
              <span>As soon as a judge has judged something, some of it waits here for people.</span>
              <Button
                size="xs"
                variant="default"
                onClick={() => navigate({ to: "/quality/$tab", params: { tab: "trend" }, search: { project } })}
              >
                Look at Quality
              </Button>
            </Empty>
          }
        >
          {(answer) => (
            <section className="scrolled">
              <DataTable
                label="Judges to review"
                columns={COLUMNS}
                rows={answer.judges}
                keyOf={(row) => row.judge}
                onOpen={(row) => navigate({ to: "/review/$judge", params: { judge: row.judge }, search: { project } })}
                keys
              />
            </section>
          )}
        </Answered>
      </div>
    </>
  );
}

const COLUMNS: DataColumn<ReviewedJudge>[] = [
  { id: "judge", title: "Judge", cell: (row) => <ToReview judge={row.judge}>{judgeTitle(row.judge, row.name)}</ToReview> },
  { id: "open", title: "Wait for you", numeric: true, cell: (row) => <b>{count(row.queue.open)}</b> },
  {
    id: "week",
    title: "Labelled this week",
    numeric: true,
    cell: (row) => (
      <span className="barred">
        <ShareBar share={row.plan.weekly_labels ? row.queue.this_week / row.plan.weekly_labels : 1} />
        {count(row.queue.this_week)} of {count(row.plan.weekly_labels)}
      </span>
    ),
  },
  { id: "mine", title: "Labelled by you", numeric: true, cell: (row) => count(row.queue.labelled) },
  {
    id: "verdict",
    title: "The judge",
    cell: (row) => (
      <span className="chips">
        <VerdictChip standing={row.standing} />
      </span>
    ),
  },
  { id: "due", title: "Calibration due", cell: (row) => (row.standing.due ? clock(row.standing.due) : UNKNOWN) },
  { id: "to", title: "", cell: (row) => <ToCalibration judge={row.judge}>Calibration</ToCalibration> },
];
