// An objective to make or change. What the server objects to stands at the field that it is about.
import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { changeSlo, createSlo, type Slo, type SloDraft } from "../../api/reliability";

type Props = { project: string; slo: Slo | null; onDone: () => void };

const FIELDS = ["name", "objective", "of", "window_days", "among", "good"] as const;
type Field = (typeof FIELDS)[number];

export function ObjectiveForm({ project, slo, onDone }: Props) {
  const known = useQueryClient();
  const [draft, setDraft] = useState<SloDraft>(slo ?? blank(project));
  const [wrong, setWrong] = useState<{ field: Field | null; message: string } | null>(null);
  const [sending, setSending] = useState(false);
  const set = (next: Partial<SloDraft>) => {
    setDraft({ ...draft, ...next });
    setWrong(null);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    try {
      const { project: of_project, name, of, good, among, objective, window_days } = draft;
      const said = { project: of_project, name, of, good, among, objective, window_days };
      await (slo ? changeSlo(slo.id, said) : createSlo(said));
      await known.invalidateQueries({ queryKey: ["/reliability/slos/status"] });
      onDone();
    } catch (error) {
      setWrong(objectionOf(error));
    } finally {
      setSending(false);
    }
  };
  const fault = (field: Field) => (wrong?.field === field ? wrong.message : undefined);
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
          label="Percent that have to be good"
          min={0}
          max={100}
          decimalScale={4}
          value={Number((draft.objective * 100).toFixed(6))}
          error={fault("objective")}
          onChange={(said) => set({ objective: Number(said) / 100 })}
        />
        <NativeSelect
          size="xs"
          label="of"
          data={["requests", "spans"]}
          value={draft.of}
          error={fault("of")}
          onChange={(e) => set({ of: e.currentTarget.value as Slo["of"] })}
        />
        <NumberInput
          size="xs"
          label="in the last days"
          min={1}
          max={90}
          value={draft.window_days}
          error={fault("window_days")}
          onChange={(said) => set({ window_days: Number(said) })}
        />
      </div>
      <TextInput
        size="xs"
        label="Among those that this filter selects"
        placeholder="all"
        className="mono-input"
        value={draft.among}
        error={fault("among")}
        onChange={(e) => set({ among: e.currentTarget.value })}
      />
      <TextInput
        size="xs"
        label="Good is what satisfies"
        placeholder="ttft_ms < 1500"
        className="mono-input"
        value={draft.good}
        error={fault("good")}
        onChange={(e) => set({ good: e.currentTarget.value })}
      />
      {wrong && wrong.field === null && (
        <p className="fault" role="alert">
          {wrong.message}
        </p>
      )}
      <Button size="xs" type="submit" loading={sending}>
        {slo ? "Change it" : "Make it"}
      </Button>
    </form>
  );
}

/** The server begins with the field that it objects to. */
function objectionOf(error: unknown): { field: Field | null; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  const field = FIELDS.find((name) => message.startsWith(`${name}:`));
  return { field: field ?? null, message: field ? message.slice(field.length + 1).trim() : message };
}

function blank(project: string): SloDraft {
  return { project, name: "", of: "requests", good: "status != error", among: "", objective: 0.99, window_days: 30 };
}
