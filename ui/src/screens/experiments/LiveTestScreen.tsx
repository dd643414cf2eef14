// One comparison of live traffic: both arms, their difference over time, and whether it can stop.
import { ActionIcon, Button, Modal } from "@mantine/core";
import { IconArrowLeft, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { deleteLiveTest, endLiveTest, type LiveResult, liveTest } from "../../api/experiments";
import { useKeys } from "../../kit/useKeys";
import { Tile } from "../../parts/Figures";
import { Answered } from "../../parts/Frame";
import { clock, count, duration, percent } from "../../parts/format";
import { useAsked } from "../../parts/useAsked";
import { Place } from "../datasets/Place";
import { number } from "../datasets/words";

const LiveChart = lazy(() => import("./LiveChart").then((module) => ({ default: module.LiveChart })));

const route = getRouteApi("/live-tests/$id");

export function LiveTestScreen() {
  const { id } = route.useParams();
  const { project, navigate } = useAsked();
  const found = useQuery(liveTest(project, id));
  const known = useQueryClient();
  const [asking, setAsking] = useState(false);
  const back = () => navigate({ to: "/live-tests", search: { project } });
  useKeys({ Escape: back });
  const test = found.data?.test;
  return (
    <Place
      tab="/live-tests"
      title={test?.name ?? "Comparison"}
      controls={
        test && (
          <>
            {!test.ended && (
              <Button
                size="xs"
                variant="default"
                onClick={async () => {
                  await endLiveTest(project, id);
                  await known.invalidateQueries({ queryKey: ["/live-tests", project] });
                }}
              >
                End it
              </Button>
            )}
            <ActionIcon variant="subtle" color="red" aria-label="Delete the comparison" onClick={() => setAsking(true)}>
              <IconTrash size={16} />
            </ActionIcon>
          </>
        )
      }
    >
      <Modal opened={asking} onClose={() => setAsking(false)} title={`Delete ${test?.name ?? "it"}?`}>
        <Button
          size="xs"
          color="red"
          data-autofocus
          onClick={async () => {
            await deleteLiveTest(project, id);
            await known.invalidateQueries({ queryKey: ["/live-tests", project] });
            back();
          }}
        >
          Delete it
        </Button>
      </Modal>
      <header className="titled">
        <ActionIcon variant="subtle" color="gray" onClick={back} aria-label="Back to the comparisons">
          <IconArrowLeft size={17} />
        </ActionIcon>
        <h1>{test?.name ?? "Comparison"}</h1>
        {test && (
          <span className="muted">
            <span className="mono">{test.measure}</span> of requests with <span className="mono">{test.arm}</span> {test.second}{" "}
            against {test.first}, by {test.unit}, since {clock(test.started)}
          </span>
        )}
      </header>
      <Answered query={found} what="the comparison" isEmpty={() => false} empty={null}>
        {(answer) => <Standing answer={answer} />}
      </Answered>
    </Place>
  );
}

function Standing({ answer }: { answer: LiveResult }) {
  const { difference, measure, first, second, test } = answer;
  const window = { from: answer.from, to: answer.to };
  return (
    <>
      <p className={answer.decision === "broken" ? "note warned" : "note"} role="status">
        {verdict(answer)}
      </p>
      <div className="tiles">
        {[first, second].map((arm, index) => (
          <Tile
            key={arm.value}
            label={`${index === 0 ? "First" : "Second"}: ${arm.value}`}
            value={number(arm.mean)}
            window={window}
            filter={arm.filter}
            hint={measure.meaning}
          >
            <span className="muted">
              {count(arm.units)} units, {count(arm.requests)} requests
            </span>
          </Tile>
        ))}
        <dl className="tile">
          <dt>Difference</dt>
          <dd>{number(difference.value)}</dd>
          <dd className="beside muted">
            {difference.low === null
              ? "no interval below 20 units in each arm"
              : `${number(difference.low)} to ${number(difference.high)}, at any time 95 %`}
          </dd>
        </dl>
        <dl className="tile">
          <dt>Smallest that matters</dt>
          <dd>{number(test.smallest_effect)}</dd>
          <dd className="beside muted">
            {(answer.variance_reduced ?? 0) > 0.005
              ? `the units' past took ${percent(answer.variance_reduced)} of the variance`
              : "the units' past helps nothing"}
          </dd>
        </dl>
        <dl className="tile">
          <dt>Assigned as planned</dt>
          <dd data-tone={answer.split_p_value < 0.001 ? "bad" : undefined}>{answer.split_p_value < 0.001 ? "no" : "yes"}</dd>
          <dd className="beside muted">
            p {answer.split_p_value < 0.001 ? "< 0.001" : number(answer.split_p_value)};{" "}
            {answer.mixed_units > 0
              ? `${count(answer.mixed_units)} units were seen in both arms and are left out`
              : "no unit in both arms"}
          </dd>
        </dl>
      </div>
      <Suspense fallback={<div style={{ height: 260 }} />}>
        <LiveChart answer={answer} />
      </Suspense>
      <p className="muted small">
        The interval holds at all moments at once: stopping as soon as it leaves 0 out is allowed. What is compared is the{" "}
        {measure.meaning}; units are weighed by how much they did. Whoever assigns units by hand or by time compares more than the
        prompt.
      </p>
    </>
  );
}

function verdict({ decision, measure, second, first, decided_at, remaining_s, test }: LiveResult): string {
  const better = measure.lower_is_better ? "second is lower" : "second is higher";
  const left =
    remaining_s === null || remaining_s <= 0 ? "" : ` At this pace about ${duration(remaining_s * 1e9)} more would decide.`;
  const since = decided_at ? ` Known since ${clock(decided_at)}.` : "";
  switch (decision) {
    case "broken":
      return "Don't read the numbers: far more units came to one arm than planned. Mend the assignment, or say which share was planned, and start again.";
    case "no difference that matters":
      return `It can stop: whatever the difference is, it is smaller than ${number(test.smallest_effect)}.`;
    case "go on":
      return `Go on: it can't be told yet.${left}`;
    default:
      return `It can stop: ${second.value} is ${decision === better ? "better" : "worse"} than ${first.value}.${since}`;
  }
}
