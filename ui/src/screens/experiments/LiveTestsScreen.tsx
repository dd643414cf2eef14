// Comparisons of live traffic: two arms side by side in production, such as two versions of a prompt.
import { Button, Modal, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { createLiveTest, type LiveDraft, type LiveTest, liveTests } from "../../api/experiments";
import { DataTable } from "../../kit/DataTable";
import { Empty } from "../../kit/States";
import { useKeys } from "../../kit/useKeys";
import { Answered } from "../../parts/Frame";
import { clock } from "../../parts/format";
import { useAsked } from "../../parts/useAsked";
import { Place } from "../datasets/Place";

export function LiveTestsScreen() {
  const { project, navigate } = useAsked();
  const found = useQuery(liveTests(project));
  const [making, setMaking] = useState(false);
  const open = (id: string) => navigate({ to: "/live-tests/$id", params: { id }, search: { project } });
  useKeys({ a: () => setMaking(true) });
  const make = (
    <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} title="Press a" onClick={() => setMaking(true)}>
      New comparison
    </Button>
  );
  return (
    <Place tab="/live-tests" controls={found.data?.tests.length ? make : undefined}>
      <Modal opened={making} onClose={() => setMaking(false)} title="Compare live traffic">
        <LiveTestForm project={project} onMade={(one) => open(one.id)} />
      </Modal>
      <Answered
        query={found}
        what="the comparisons"
        isEmpty={(answer) => answer.tests.length === 0}
        empty={
          <Empty title="No comparison of live traffic yet">
            <span>
              Give a part of your users another prompt version, and compare the two while requests come in: the interval holds
              whenever you look, and it says when you can stop.
            </span>
            {make}
          </Empty>
        }
      >
        {(answer) => (
          <section className="scrolled">
            <DataTable
              label="Comparisons"
              keys
              rows={answer.tests}
              keyOf={(row) => row.id}
              onOpen={(row) => open(row.id)}
              columns={[
                {
                  id: "name",
                  title: "Name",
                  cell: (row: LiveTest) => (
                    <Link to="/live-tests/$id" params={{ id: row.id }} search={{ project }}>
                      {row.name}
                    </Link>
                  ),
                },
                {
                  id: "arms",
                  title: "Arms",
                  wide: true,
                  cell: (row) => (
                    <span className="mono">
                      {row.arm}: {row.first} | {row.second}
                    </span>
                  ),
                },
                { id: "measure", title: "Measure", cell: (row) => <span className="mono">{row.measure}</span> },
                { id: "unit", title: "By", cell: (row) => row.unit },
                { id: "started", title: "Since", cell: (row) => clock(row.started) },
                {
                  id: "state",
                  title: "State",
                  cell: (row) =>
                    row.ended ? <span className="muted">ended {clock(row.ended)}</span> : <span className="chip">on</span>,
                },
              ]}
            />
          </section>
        )}
      </Answered>
    </Place>
  );
}

const FIELDS = [
  "name",
  "arm",
  "first",
  "second",
  "measure",
  "smallest_effect",
  "filter",
  "unit",
  "expected_share",
  "before_days",
];

function LiveTestForm({ project, onMade }: { project: string; onMade: (made: LiveTest) => void }) {
  const known = useQueryClient();
  const [draft, setDraft] = useState<LiveDraft>({
    name: "",
    arm: "prompt_version",
    first: "",
    second: "",
    measure: "error_rate",
    smallest_effect: 0.02,
    filter: "",
    unit: "user_id",
    expected_share: 0.5,
    before_days: 14,
  });
  const [since, setSince] = useState("");
  const [wrong, setWrong] = useState<{ field: string | null; message: string } | null>(null);
  const [sending, setSending] = useState(false);
  const set = (next: Partial<LiveDraft>) => {
    setDraft({ ...draft, ...next });
    setWrong(null);
  };
  const fault = (field: string) => (wrong?.field === field ? wrong.message : undefined);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    try {
      const made = await createLiveTest(project, { ...draft, ...(since && { started: new Date(since).toISOString() }) });
      await known.invalidateQueries({ queryKey: ["/live-tests", project] });
      onMade(made);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const field = FIELDS.find((name) => message.startsWith(`${name}:`)) ?? null;
      setWrong({ field, message: field ? message.slice(field.length + 1).trim() : message });
    } finally {
      setSending(false);
    }
  };
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
      <TextInput
        size="xs"
        label="Arms are told apart by"
        className="mono-input"
        value={draft.arm}
        error={fault("arm")}
        onChange={(e) => set({ arm: e.currentTarget.value })}
      />
      <div className="pair">
        <TextInput
          size="xs"
          label="first arm (now)"
          value={draft.first}
          error={fault("first")}
          onChange={(e) => set({ first: e.currentTarget.value })}
        />
        <TextInput
          size="xs"
          label="second arm (new)"
          value={draft.second}
          error={fault("second")}
          onChange={(e) => set({ second: e.currentTarget.value })}
        />
        <NativeSelect
          size="xs"
          label="assigned by"
          data={["user_id", "session_id", "tenant", "trace_id"]}
          value={draft.unit}
          onChange={(e) => set({ unit: e.currentTarget.value as NonNullable<LiveDraft["unit"]> })}
        />
      </div>
      <div className="pair">
        <TextInput
          size="xs"
          label="Measure"
          className="mono-input"
          placeholder="score.groundedness"
          description="error_rate, cost_usd, duration_s, output_tokens or score.NAME"
          value={draft.measure}
          error={fault("measure")}
          onChange={(e) => set({ measure: e.currentTarget.value })}
        />
        <NumberInput
          size="xs"
          label="Smallest difference that matters"
          description="in the measure's unit, decided before looking"
          min={0}
          step={0.01}
          decimalScale={6}
          value={draft.smallest_effect}
          error={fault("smallest_effect")}
          onChange={(value) => set({ smallest_effect: Number(value) })}
        />
      </div>
      <TextInput
        size="xs"
        label="Of requests that satisfy"
        placeholder="task = 'support'; empty for all"
        className="mono-input"
        value={draft.filter ?? ""}
        error={fault("filter")}
        onChange={(e) => set({ filter: e.currentTarget.value })}
      />
      <div className="pair">
        <NumberInput
          size="xs"
          label="Planned share of the first, %"
          min={1}
          max={99}
          value={Math.round((draft.expected_share ?? 0.5) * 100)}
          error={fault("expected_share")}
          onChange={(value) => set({ expected_share: Number(value) / 100 })}
        />
        <NumberInput
          size="xs"
          label="Past looked at, days"
          min={0}
          max={90}
          value={draft.before_days}
          error={fault("before_days")}
          onChange={(value) => set({ before_days: Number(value) })}
        />
        <TextInput
          size="xs"
          type="datetime-local"
          label="Since (now if empty)"
          value={since}
          onChange={(e) => setSince(e.currentTarget.value)}
        />
      </div>
      {wrong && wrong.field === null && (
        <p className="fault" role="alert">
          {wrong.message}
        </p>
      )}
      <Button size="xs" type="submit" loading={sending} disabled={!draft.name.trim() || !draft.first || !draft.second}>
        Start it
      </Button>
    </form>
  );
}
