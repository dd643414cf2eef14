// A judge's definition as a form, with what it would cost and a try beside it.
import { Button, NativeSelect, NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { changeJudge, createJudge, type Definition, deleteJudge, type Judge, judges, library } from "../../api/judges";
import { Deleting } from "../../parts/Deleting";
import { useAsked } from "../../parts/useAsked";
import { Cost } from "./Cost";
import {
  type Draft,
  draftOf,
  FORMS,
  modelsOf,
  objectionOf,
  SAMPLINGS,
  TYPES,
  withLevels,
  withModels,
  withType,
  words,
} from "./draft";
import { Models } from "./Models";
import { Standing } from "./Standing";
import { Trying } from "./Trying";
import type { JudgesSearch } from "./url";

const SINCE = [
  { value: "", label: "only what begins from now on" },
  { value: "-1h", label: "the last hour too" },
  { value: "-24h", label: "the last day too" },
  { value: "-7d", label: "the last week too" },
];

type Props = { kept: Judge | null; first: Draft };

export function JudgeForm({ kept, first }: Props) {
  const { project, navigate } = useAsked<JudgesSearch>();
  const known = useQueryClient();
  const [draft, setDraft] = useState(first);
  const [since, setSince] = useState("-1h");
  const [wrong, setWrong] = useState<{ field: string | null; message: string } | null>(null);
  const [sending, setSending] = useState(false);
  const { definition } = draft;
  const [quiet] = useDebouncedValue(definition, 600);
  const changed = JSON.stringify(draft) !== JSON.stringify(first);
  const edit = (next: Draft) => {
    setDraft(next);
    setWrong(null);
  };
  const set = (next: Partial<Definition>) => edit({ ...draft, definition: { ...definition, ...next } });
  const fault = (field: string) => (wrong?.field === field ? wrong.message : undefined);
  const send = async (work: () => Promise<Judge>) => {
    setSending(true);
    try {
      const made = await work();
      await known.invalidateQueries({ queryKey: ["/judges"] });
      if (!kept) navigate({ to: "/judges/$judge", params: { judge: made.id }, search: { project } });
    } catch (error) {
      setWrong(objectionOf(error));
    } finally {
      setSending(false);
    }
  };
  const gone = async (id: string) => {
    await deleteJudge(id);
    // the list begins with what is known: nobody asks there how the deleted one stands
    known.setQueryData(judges(project).queryKey, (was) => was && { ...was, judges: was.judges.filter((one) => one.id !== id) });
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    send(() =>
      kept
        ? changeJudge(kept.id, { name: draft.name, definition })
        : createJudge(project, { ...draft, enabled: true, ...(since && { backfill_from: since }) }),
    );
  };
  return (
    <div className="judge">
      <form className="form" onSubmit={save} noValidate aria-label={kept ? `Judge ${kept.name}` : "New judge"}>
        {!kept && <Beginning onChoose={edit} />}
        <TextInput
          size="xs"
          label="Name"
          description="Also that of its scores: score.NAME in filters"
          value={draft.name}
          error={fault("name")}
          onChange={(e) => edit({ ...draft, name: e.currentTarget.value })}
        />
        <div className="pair">
          <NativeSelect
            size="xs"
            label="Judges each"
            data={["span", "trace", "session"]}
            value={definition.target}
            onChange={(e) => set({ target: e.currentTarget.value as Definition["target"] })}
          />
          <NumberInput
            size="xs"
            label="Percent of them"
            min={0.001}
            max={100}
            decimalScale={3}
            value={Number((definition.sampling.rate * 100).toFixed(6))}
            error={fault("sampling")}
            onChange={(said) => set({ sampling: { ...definition.sampling, rate: Number(said) / 100 } })}
          />
          <NativeSelect
            size="xs"
            label="Chosen"
            data={SAMPLINGS.map((one) => ({ ...one }))}
            value={definition.sampling.kind}
            onChange={(e) => set({ sampling: samplingOf(definition, e.currentTarget.value as Definition["sampling"]["kind"]) })}
          />
        </div>
        {definition.sampling.kind === "stratified" && (
          <TextInput
            size="xs"
            label="Evenly over the groups of these facts"
            placeholder="task, model"
            value={definition.sampling.by.join(", ")}
            onChange={(e) => set({ sampling: { ...definition.sampling, by: words(e.currentTarget.value) } })}
          />
        )}
        {definition.sampling.kind === "weighted" && <Boosts definition={definition} set={set} />}
        <TextInput
          size="xs"
          label="Those that this filter selects"
          placeholder="all"
          className="mono-input"
          value={definition.filter}
          error={fault("filter")}
          onChange={(e) => set({ filter: e.currentTarget.value })}
        />
        {definition.evaluator ? (
          <Options definition={definition} set={set} fault={fault("evaluator")} />
        ) : (
          <>
            <Textarea
              size="xs"
              label="Rubric"
              autosize
              minRows={8}
              maxRows={22}
              value={definition.rubric}
              error={fault("rubric")}
              onChange={(e) => set({ rubric: e.currentTarget.value })}
            />
            <Verdict definition={definition} set={set} fault={fault("output")} />
            <Models
              models={modelsOf(definition)}
              error={fault("model") ?? fault("jury")}
              onChange={(models) => set(withModels(definition, models))}
            />
            <div className="pair">
              <NumberInput
                size="xs"
                label="At most, USD a day"
                placeholder="no limit"
                min={0}
                decimalScale={4}
                value={definition.budget_usd_per_day ?? ""}
                error={fault("budget_usd_per_day")}
                onChange={(said) => set({ budget_usd_per_day: said === "" ? null : Number(said) })}
              />
              <NumberInput
                size="xs"
                label="Calls a minute"
                placeholder="no limit"
                min={1}
                value={definition.rate_limit_per_minute ?? ""}
                error={fault("rate_limit_per_minute")}
                onChange={(said) => set({ rate_limit_per_minute: said === "" ? null : Number(said) })}
              />
            </div>
          </>
        )}
        {!kept && (
          <NativeSelect size="xs" label="Judge" data={SINCE} value={since} onChange={(e) => setSince(e.currentTarget.value)} />
        )}
        {wrong && (
          <p className="fault" role="alert">
            {wrong.field ? `${wrong.field}: ` : ""}
            {wrong.message}
          </p>
        )}
        <div className="buttons">
          <Button size="xs" type="submit" loading={sending} disabled={kept !== null && !changed}>
            {kept ? `Save as version ${kept.version + 1}` : "Switch it on"}
          </Button>
          {kept && (
            <>
              <Button size="xs" variant="default" onClick={() => send(() => changeJudge(kept.id, { enabled: !kept.enabled }))}>
                {kept.enabled ? "Switch it off" : "Switch it on"}
              </Button>
              <span className="grow" />
              <Deleting
                remove={() => gone(kept.id)}
                changes={["/judges"]}
                onDone={() => navigate({ to: "/judges", search: { project } })}
              />
            </>
          )}
        </div>
      </form>
      <div className="beside">
        {kept && <Standing of={kept} />}
        <Cost project={project} definition={quiet} of={kept?.id ?? null} />
        <Trying definition={definition} />
      </div>
    </div>
  );
}

type Part = { definition: Definition; set: (next: Partial<Definition>) => void; fault?: string | undefined };

/** The rubric, or the code, that a new judge begins with. */
function Beginning({ onChoose }: { onChoose: (draft: Draft) => void }) {
  const { search, change } = useAsked<JudgesSearch>();
  const found = useQuery(library).data;
  const choose = (name: string | null) => {
    const rubric = found?.judges.find((one) => one.name === name);
    if (rubric) change({ from: rubric.name }, true);
    else if (name?.startsWith("code:")) {
      const code = name.slice(5);
      onChoose({
        name: code.replaceAll("_", " "),
        definition: { ...draftOf(code, {}).definition, model: null, evaluator: { name: code, options: {} } },
      });
    }
  };
  return (
    <Select
      size="xs"
      label="Begin with"
      placeholder="an empty rubric"
      searchable
      data={[
        { group: "Rubrics", items: (found?.judges ?? []).map((one) => ({ value: one.name, label: one.title })) },
        {
          group: "Code",
          items: (found?.evaluators ?? []).map((name) => ({ value: `code:${name}`, label: name.replaceAll("_", " ") })),
        },
      ]}
      value={search.from ?? null}
      onChange={choose}
    />
  );
}

function samplingOf({ sampling }: Definition, kind: Definition["sampling"]["kind"]): Definition["sampling"] {
  return {
    ...sampling,
    kind,
    by: kind === "stratified" ? ["task"] : [],
    boosts: kind === "weighted" ? [{ filter: "status = error", weight: 5 }] : [],
  };
}

function Boosts({ definition, set }: Part) {
  const { boosts } = definition.sampling;
  const put = (next: typeof boosts) => set({ sampling: { ...definition.sampling, boosts: next } });
  return (
    <fieldset className="rows">
      <legend>More often</legend>
      {boosts.map((boost, index) => (
        <div className="pair" key={index /* nothing else tells them apart while they are edited */}>
          <TextInput
            size="xs"
            aria-label={`Filter ${index + 1}`}
            className="mono-input"
            value={boost.filter}
            onChange={(e) => put(boosts.with(index, { ...boost, filter: e.currentTarget.value }))}
          />
          <NumberInput
            size="xs"
            aria-label={`Weight ${index + 1}`}
            min={1}
            suffix=" × as often"
            value={boost.weight}
            onChange={(said) => put(boosts.with(index, { ...boost, weight: Number(said) }))}
          />
          <Button size="xs" variant="subtle" color="gray" onClick={() => put(boosts.toSpliced(index, 1))}>
            Remove
          </Button>
        </div>
      ))}
      <Button size="compact-xs" variant="default" onClick={() => put([...boosts, { filter: "", weight: 5 }])}>
        Another
      </Button>
    </fieldset>
  );
}

function Verdict({ definition, set, fault }: Part) {
  const { output } = definition;
  return (
    <>
      <div className="pair">
        <NativeSelect
          size="xs"
          label="Says"
          data={FORMS.map((one) => ({ ...one }))}
          value={definition.form}
          onChange={(e) => set({ form: e.currentTarget.value as Definition["form"] })}
        />
        <NativeSelect
          size="xs"
          label="In a form that is"
          data={[...TYPES]}
          value={output.type}
          error={fault}
          onChange={(e) => set(withType(definition, e.currentTarget.value as Definition["output"]["type"]))}
        />
        {output.type === "numeric" && (
          <>
            <NumberInput
              size="xs"
              label="From"
              value={output.low}
              onChange={(said) => set({ output: { ...output, low: Number(said) } })}
            />
            <NumberInput
              size="xs"
              label="To"
              value={output.high}
              onChange={(said) => set({ output: { ...output, high: Number(said) } })}
            />
          </>
        )}
      </div>
      {output.type !== "numeric" && (
        <div className="pair">
          <Words
            label="Levels, worst first"
            key={`levels ${output.type}`}
            value={output.levels}
            onChange={(levels) => set(withLevels(definition, levels))}
          />
          <Words
            label="Of them pass"
            key={`passing ${output.levels.join()}`}
            value={output.passing}
            onChange={(passing) => set({ output: { ...output, passing } })}
          />
        </div>
      )}
    </>
  );
}

/** Words between commas; what is being typed stays as it is typed. */
function Words({ label, value, onChange }: { label: string; value: string[]; onChange: (words: string[]) => void }) {
  const [said, setSaid] = useState(value.join(", "));
  return (
    <TextInput
      size="xs"
      label={label}
      value={said}
      onChange={(e) => setSaid(e.currentTarget.value)}
      onBlur={() => onChange(words(said))}
    />
  );
}

/** A code evaluator's options, as JSON. */
function Options({ definition, set, fault }: Part) {
  const [said, setSaid] = useState(JSON.stringify(definition.evaluator?.options ?? {}, null, 2));
  const [wrong, setWrong] = useState<string | null>(null);
  const read = () => {
    try {
      const options = JSON.parse(said || "{}") as Record<string, never>;
      if (definition.evaluator) set({ evaluator: { ...definition.evaluator, options } });
      setWrong(null);
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Textarea
      size="xs"
      label={`Options of ${definition.evaluator?.name}, as JSON`}
      className="mono-input"
      autosize
      minRows={4}
      value={said}
      error={wrong ?? fault}
      onChange={(e) => setSaid(e.currentTarget.value)}
      onBlur={read}
    />
  );
}
