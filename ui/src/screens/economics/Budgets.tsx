// Budgets: what was spent of each, where it will end, and how fast it burns.
import { Button, Modal } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { type Budget, type BudgetStatus, budgets, deleteBudget } from "../../api/economics";
import { Empty } from "../../kit/States";
import { groupName, tracesOf } from "../../parts/asked";
import { Deleting } from "../../parts/Deleting";
import { clock, count, percent, times, usd } from "../../parts/format";
import { BudgetForm } from "./BudgetForm";
import { Priced } from "./Figures";
import { Frame } from "./Frame";
import { useEconomics } from "./state";

const BudgetChart = lazy(() => import("./BudgetChart").then((module) => ({ default: module.BudgetChart })));

export function Budgets() {
  const { project } = useEconomics();
  const found = useQuery(budgets(project));
  const [edited, setEdited] = useState<Budget | "new" | null>(null);
  const add = (
    <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => setEdited("new")}>
      New budget
    </Button>
  );
  return (
    <Frame
      tab="budgets"
      what="the budgets"
      query={found}
      windowed={false}
      table={{ path: "/economics/budgets/status", params: { project } }}
      above={
        <Modal
          opened={edited !== null}
          onClose={() => setEdited(null)}
          title={edited === "new" || edited === null ? "New budget" : `Change ${edited.name}`}
        >
          {edited !== null && (
            <BudgetForm project={project} budget={edited === "new" ? null : edited} onDone={() => setEdited(null)} />
          )}
        </Modal>
      }
      isEmpty={(answer) => answer.budgets.length === 0}
      empty={
        <Empty title="No budget yet">
          <span>
            A budget is an amount for a day, a week, a month or a quarter, for all traffic or for what a filter selects.
          </span>
          {add}
        </Empty>
      }
    >
      {(answer) => (
        <>
          <div className="above-cards">{add}</div>
          <div className="cards">
            {answer.budgets.map((status) => (
              <Card
                key={`${status.budget.id} ${JSON.stringify(status.group)}`}
                status={status}
                onEdit={() => setEdited(status.budget)}
              />
            ))}
          </div>
          {beyond(answer.budgets).map(([name, more]) => (
            <p key={name} className="muted">
              {name}: {count(more)} more groups spent less.
            </p>
          ))}
        </>
      )}
    </Frame>
  );
}

/** Budgets on each group that have more groups than are shown, and how many. */
function beyond(shown: BudgetStatus[]): [string, number][] {
  return [...new Map(shown.filter((one) => one.more_groups > 0).map((one) => [one.budget.name, one.more_groups]))];
}

function Card({ status, onEdit }: { status: BudgetStatus; onEdit: () => void }) {
  const { budget, period } = status;
  const { navigate } = useEconomics();
  const traces = tracesOf({ project: budget.project }, period, status.filter);
  const ahead = status.share_spent !== null && status.share_elapsed !== null && status.share_spent > status.share_elapsed;
  const tone = status.over ? "bad" : ahead ? "warn" : "good";
  return (
    <article
      className="card"
      aria-label={`Budget ${budget.name}${status.group && budget.group_value === null ? ` · ${groupName(status.group)}` : ""}`}
    >
      <header>
        <h2 className="cut">
          {budget.name}
          {status.group && budget.group_value === null && ` · ${groupName(status.group)}`}
        </h2>
        {status.over && <span className="chip bad">over budget</span>}
        <span className="grow" />
        <Button size="compact-xs" variant="subtle" color="gray" onClick={onEdit}>
          Change
        </Button>
        <Deleting remove={() => deleteBudget(budget.id)} changes={["/economics/budgets/status"]} />
      </header>
      <p className="muted">
        {usd(budget.amount_usd)} a {budget.period}
        {budget.group_by &&
          (budget.group_value === null ? ` for each ${budget.group_by}` : ` for ${budget.group_by} ${budget.group_value}`)}
        {budget.filter && (
          <>
            , where <code>{budget.filter}</code>
          </>
        )}
      </p>
      <div className="gauge" data-tone={tone} role="group" aria-label="Spent against elapsed">
        <span className="bar">
          <i style={{ width: `${Math.min(1, status.share_spent ?? 0) * 100}%` }} />
          <b
            style={{ left: `${Math.min(1, status.share_elapsed ?? 0) * 100}%` }}
            title={`${percent(status.share_elapsed)} of the ${budget.period} has gone by`}
          />
        </span>
        <span>
          <Link to="/traces" search={traces}>
            {status.spent_usd === null ? "An unknown amount" : usd(status.spent_usd)}
          </Link>{" "}
          spent, {status.spent_usd === null ? "" : `${percent(status.share_spent)} of it `}in {percent(status.share_elapsed)} of
          the {budget.period} <Priced share={status.priced_share} />
        </span>
      </div>
      {status.series.length > 0 && (
        <Suspense fallback={<div style={{ height: 150 }} />}>
          <BudgetChart
            status={status}
            onPick={(from, to) =>
              navigate({ to: "/traces", search: tracesOf({ project: budget.project }, { from, to }, status.filter) })
            }
          />
        </Suspense>
      )}
      <dl className="facts">
        <dt>By the end</dt>
        <dd>
          {status.forecast_usd === null ? (
            <span className="muted">{status.why}</span>
          ) : (
            <>
              <b data-tone={status.forecast_usd > budget.amount_usd ? "bad" : "good"}>{usd(status.forecast_usd)}</b>
              {status.forecast_interval && (
                <span className="muted">
                  {" "}
                  ({usd(status.forecast_interval[0])} to {usd(status.forecast_interval[1])})
                </span>
              )}{" "}
              <span className="muted">{status.why}</span>
            </>
          )}
        </dd>
        {status.exhausted_at && (
          <>
            <dt>{status.over ? "Ran out" : "Runs out"}</dt>
            <dd>{clock(status.exhausted_at)}</dd>
          </>
        )}
        <dt>Burn rate</dt>
        <dd className="burns">
          {status.burn_rates.map(({ window, rate, usd: spent }) => (
            <span key={window} title={`${usd(spent)} in the last ${window}; 1 × ends exactly on the budget`}>
              <span className="muted">{window}</span>{" "}
              <span data-tone={rate !== null && rate > 1 ? "bad" : undefined}>{times(rate)}</span>
            </span>
          ))}
        </dd>
      </dl>
    </article>
  );
}
