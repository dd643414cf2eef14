// What a judge would cost, while it is edited.
import { useQuery } from "@tanstack/react-query";
import { type Definition, forecast } from "../../api/judges";
import { count, usd } from "../../parts/format";
import { objectionOf } from "./draft";

type Props = { project: string; definition: Definition; of: string | null };

export function Cost({ project, definition, of }: Props) {
  const ready = definition.evaluator !== null || definition.rubric.trim() !== "";
  const found = useQuery({ ...forecast(project, definition, of), enabled: ready });
  if (!ready) return null;
  const cost = found.data;
  const over = cost?.usd_per_day != null && cost.budget_usd_per_day !== null && cost.usd_per_day > cost.budget_usd_per_day;
  return (
    <section className="panel" aria-label="Cost" aria-busy={found.isFetching}>
      <h2>What it would cost</h2>
      {found.isError ? (
        <p className="muted">Not as it stands: {objectionOf(found.error).message}</p>
      ) : cost === undefined ? (
        <p className="muted">Counting…</p>
      ) : (
        <>
          <p>{cost.text}</p>
          {cost.usd_per_week === null && cost.basis !== "code" && (
            <p className="warned">The model's price is not known: say what its tokens cost, or no budget can be kept.</p>
          )}
          {over && cost.most_per_week_by_budget !== null && (
            <p className="warned">
              {usd(cost.budget_usd_per_day)} a day is enough for {count(Math.floor(cost.most_per_week_by_budget))} verdicts a
              week; the rest waits.
            </p>
          )}
        </>
      )}
    </section>
  );
}
