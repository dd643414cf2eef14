// A budget to make or change. What the server objects to stands at the field that it is about.
import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Budget, type BudgetDraft, changeBudget, createBudget, PERIODS } from "../../api/economics";
import { facts, values } from "../../api/queries";
import { groupable } from "../../parts/groupable";
import { type FIELDS, type Objection, objectionOf } from "./objections";

type Props = { project: string; budget: Budget | null; onDone: () => void };

export function BudgetForm({ project, budget, onDone }: Props) {
  const known = useQueryClient();
  const [draft, setDraft] = useState<BudgetDraft>(budget ?? blank(project));
  const [wrong, setWrong] = useState<Objection | null>(null);
  const [sending, setSending] = useState(false);
  const names = groupable(useQuery(facts).data?.facts ?? []);
  const seen = useQuery(values(project, draft.group_by)).data?.values ?? [];
  const set = (next: Partial<BudgetDraft>) => {
    setDraft({ ...draft, ...next });
    setWrong(null);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    try {
      const { project: of, name, filter, group_by, group_value, period, amount_usd, starts } = draft;
      const said = { project: of, name, filter, group_by, group_value, period, amount_usd, starts };
      await (budget ? changeBudget(budget.id, said) : createBudget(said));
      await known.invalidateQueries({ queryKey: ["/economics/budgets/status"] });
      onDone();
    } catch (error) {
      setWrong(objectionOf(error));
    } finally {
      setSending(false);
    }
  };
  const fault = (field: (typeof FIELDS)[number]) => (wrong?.field === field ? wrong.message : undefined);
  return (
    <form className="form" onSubmit={save} noValidate>
      <TextInput
        size="xs"
        label="Name"
        data-autofocus
        value={draft.name}
        error={fault("name")}
        onChange={(e) => set({ name: e.currentTarget.value })}
      />
      <div className="pair">
        <NumberInput
          size="xs"
          label="Amount, USD"
          thousandSeparator=","
          min={0}
          decimalScale={2}
          value={draft.amount_usd}
          error={fault("amount_usd")}
          onChange={(said) => set({ amount_usd: Number(said) })}
        />
        <NativeSelect
          size="xs"
          label="For each"
          data={[...PERIODS]}
          value={draft.period}
          error={fault("period")}
          onChange={(e) => set({ period: e.currentTarget.value as Budget["period"] })}
        />
        <TextInput
          size="xs"
          type="date"
          label="Starting"
          value={draft.starts}
          error={fault("starts")}
          onChange={(e) => set({ starts: e.currentTarget.value })}
        />
      </div>
      <TextInput
        size="xs"
        label="Of the spans that this filter selects"
        placeholder="all"
        className="mono-input"
        value={draft.filter}
        error={fault("filter")}
        onChange={(e) => set({ filter: e.currentTarget.value })}
      />
      <div className="pair">
        <NativeSelect
          size="xs"
          label="Of"
          data={[{ value: "", label: "everything together" }, ...names]}
          value={draft.group_by ?? ""}
          error={fault("group_by")}
          onChange={(e) => set({ group_by: e.currentTarget.value || null, group_value: null })}
        />
        <TextInput
          size="xs"
          label="which one"
          placeholder="each its own amount"
          list="budget-values"
          disabled={draft.group_by === null}
          value={draft.group_value ?? ""}
          error={fault("group_value")}
          onChange={(e) => set({ group_value: e.currentTarget.value || null })}
        />
        <datalist id="budget-values">
          {seen.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      </div>
      {wrong && wrong.field === null && (
        <p className="fault" role="alert">
          {wrong.message}
        </p>
      )}
      <Button size="xs" type="submit" loading={sending}>
        {budget ? "Change it" : "Make it"}
      </Button>
    </form>
  );
}

function blank(project: string): BudgetDraft {
  const today = new Date().toISOString();
  return {
    project,
    name: "",
    filter: "",
    group_by: null,
    group_value: null,
    period: "month",
    amount_usd: 100,
    starts: `${today.slice(0, 8)}01`,
  };
}
