// Objectives: the share that was good, what is left of the error budget, how fast it burns, and what would wake somebody.
import { Button, Modal } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { deleteSlo, type Slo, type SloStatus, slos } from "../../api/reliability";
import { Empty } from "../../kit/States";
import { tracesOf } from "../../parts/asked";
import { Deleting } from "../../parts/Deleting";
import { count, percent, times } from "../../parts/format";
import { between } from "./Figures";
import { Frame } from "./Frame";
import { ObjectiveForm } from "./ObjectiveForm";
import { useReliability } from "./state";

const ObjectiveChart = lazy(() => import("./ObjectiveChart").then((module) => ({ default: module.ObjectiveChart })));

export function Objectives() {
  const { project } = useReliability();
  const found = useQuery(slos(project));
  const [edited, setEdited] = useState<Slo | "new" | null>(null);
  const add = (
    <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => setEdited("new")}>
      New objective
    </Button>
  );
  return (
    <Frame
      tab="objectives"
      what="the objectives"
      query={found}
      windowed={false}
      above={
        <Modal
          opened={edited !== null}
          onClose={() => setEdited(null)}
          title={edited === "new" || edited === null ? "New objective" : `Change ${edited.name}`}
        >
          {edited !== null && (
            <ObjectiveForm project={project} slo={edited === "new" ? null : edited} onDone={() => setEdited(null)} />
          )}
        </Modal>
      }
      isEmpty={(answer) => answer.slos.length === 0}
      empty={
        <Empty title="No objective yet">
          <span>An objective is a share that has to be good: of requests or spans, over the last days.</span>
          {add}
        </Empty>
      }
    >
      {(answer) => (
        <>
          <div className="above-cards">{add}</div>
          <div className="cards">
            {answer.slos.map((status) => (
              <Card key={status.slo.id} status={status} onEdit={() => setEdited(status.slo)} />
            ))}
          </div>
        </>
      )}
    </Frame>
  );
}

function Card({ status, onEdit }: { status: SloStatus; onEdit: () => void }) {
  const { slo, budget, reached } = status;
  const { navigate } = useReliability();
  const left = budget.left_share;
  const tone = left === null ? undefined : left <= 0 ? "bad" : left < 0.25 ? "warn" : "good";
  const ofFile = slo.id.startsWith("file:");
  const traces = tracesOf({ project: slo.project }, status.window, status.filter_bad);
  return (
    <article className="card" aria-label={`Objective ${slo.name}`}>
      <header>
        <h2 className="cut">{slo.name}</h2>
        {status.alerts
          .filter((alert) => alert.firing)
          .slice(0, 1)
          .map((alert) => (
            <span
              key={alert.long}
              className="chip bad"
              title={`It burns at ${times(alert.factor)} or faster, over ${alert.long} and over ${alert.short}`}
            >
              {alert.severity}
            </span>
          ))}
        <span className="grow" />
        {ofFile ? (
          <span className="muted" title="It stands in sightline.toml: change it there">
            from the file
          </span>
        ) : (
          <>
            <Button size="compact-xs" variant="subtle" color="gray" onClick={onEdit}>
              Change
            </Button>
            <Deleting remove={() => deleteSlo(slo.id)} changes={["/reliability/slos/status"]} />
          </>
        )}
      </header>
      <p className="muted">
        {percent(slo.objective)} of {slo.of} {slo.among && <code>{slo.among}</code>} satisfy <code>{slo.good}</code>, over{" "}
        {slo.window_days} days
      </p>
      <div className="gauge" data-tone={tone} role="group" aria-label="Error budget left">
        <span className="bar">
          <i style={{ width: `${left !== null && left <= 0 ? 100 : Math.min(1, left ?? 0) * 100}%` }} />
        </span>
        <span>
          {left === null ? (
            <span className="muted">Nothing of it came yet</span>
          ) : (
            <>
              {left < 0 ? <b data-tone="bad">Overspent: </b> : <b>{percent(left)} of the error budget left: </b>}
              <Link to="/traces" search={traces}>
                {count(budget.spent)} bad
              </Link>{" "}
              of {count(Math.floor(budget.allowed * 10) / 10)} allowed
              {!status.enough && (
                <span className="warned" title="One case more or less decides: there are too few for this objective">
                  {" "}
                  too few to tell
                </span>
              )}
            </>
          )}
        </span>
      </div>
      {status.series.length > 1 && (
        <Suspense fallback={<div style={{ height: 130 }} />}>
          <ObjectiveChart
            status={status}
            onBrush={(from, to) =>
              navigate({ to: "/traces", search: tracesOf({ project: slo.project }, { from, to }, status.filter_bad) })
            }
          />
        </Suspense>
      )}
      <dl className="facts">
        <dt>Good</dt>
        <dd>
          <b data-tone={status.kept === false ? "bad" : status.kept === true ? "good" : undefined}>{percent(reached.share)}</b>{" "}
          <span className="muted">
            of {count(reached.n)} ({between(reached)}){status.unknown > 0 && `; ${count(status.unknown)} say too little to count`}
          </span>
        </dd>
        <dt>Burn rate</dt>
        <dd className="burns">
          {status.burn_rates.map(({ window, rate, n, bad, enough }) => (
            <span
              key={window}
              title={`${count(bad)} bad of ${count(n)} in the last ${window}; 1 × spends the budget in its window`}
            >
              <span className="muted">{window}</span>{" "}
              <span data-tone={rate !== null && rate > 1 && enough ? "bad" : undefined} className={enough ? undefined : "muted"}>
                {times(rate)}
              </span>
            </span>
          ))}
        </dd>
        {status.alerts.length > 0 && (
          <>
            <dt>Would fire at</dt>
            <dd className="burns">
              {status.alerts.map((alert) => (
                <span
                  key={alert.long}
                  data-tone={alert.firing ? "bad" : undefined}
                  title={`${percent(alert.budget_share)} of the budget within ${alert.long}`}
                >
                  <span className="muted">
                    {alert.long} and {alert.short}
                  </span>{" "}
                  {times(alert.factor)} <span className="muted">{alert.severity}</span>
                </span>
              ))}
            </dd>
          </>
        )}
      </dl>
    </article>
  );
}
