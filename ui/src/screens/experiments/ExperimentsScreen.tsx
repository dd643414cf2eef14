// All experiments of a project.
import { useQuery } from "@tanstack/react-query";
import { experiments } from "../../api/experiments";
import { Empty } from "../../kit/States";
import { Answered } from "../../parts/Frame";
import { useAsked } from "../../parts/useAsked";
import { Place } from "../datasets/Place";
import { ExperimentTable } from "./ExperimentTable";

export function ExperimentsScreen() {
  const { project } = useAsked();
  const found = useQuery(experiments(project));
  return (
    <Place tab="/experiments">
      <Answered
        query={found}
        what="the experiments"
        isEmpty={(answer) => answer.experiments.length === 0}
        empty={
          <Empty title="No experiment yet">
            <span>An experiment runs something over a dataset and scores what comes out. From a terminal:</span>
            <pre className="code">{`sightline eval "my dataset" --run app.answers:answer --evaluator app.checks:right
sightline eval "my dataset" --prompt prompt.txt --model gpt-4o --model gpt-4o-mini`}</pre>
            <span>In CI, `--against last --margin 0.02` ends with 3 on a regression; the pytest plugin fails the test.</span>
          </Empty>
        }
      >
        {(answer) => (
          <section className="scrolled">
            <ExperimentTable rows={answer.experiments} keys />
          </section>
        )}
      </Answered>
    </Place>
  );
}
