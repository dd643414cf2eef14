// Requests → items of a dataset: from a request's page, or of all that a filter selects.
import { Button, Modal, NativeSelect, NumberInput, SegmentedControl, TextInput } from "@mantine/core";
import { IconDatabasePlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { addTraces, createDataset, type Dataset, datasets, type FromTraces } from "../api/datasets";
import { useKeys } from "../kit/useKeys";
import { count } from "./format";

type Props = { project: string; from: Omit<FromTraces, "most" | "expected">; compact?: boolean };

export function AddToDataset({ project, from, compact = false }: Props) {
  const [open, setOpen] = useState(false);
  useKeys({ d: () => setOpen(true) });
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconDatabasePlus size={14} />}
        title="Press d"
        aria-label="Add to dataset"
        onClick={() => setOpen(true)}
      >
        {compact ? "Dataset" : "Add to dataset"}
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title="Add to dataset">
        {open && <Form project={project} from={from} />}
      </Modal>
    </>
  );
}

const NEW = "";

function Form({ project, from }: Props) {
  const known = useQueryClient();
  const there = useQuery(datasets(project));
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState("");
  const [most, setMost] = useState(200);
  const [expected, setExpected] = useState<"nothing" | "output">("nothing");
  const [sending, setSending] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const [done, setDone] = useState<{ dataset: Dataset; text: string } | null>(null);
  if (there.isPending) return <span className="muted">Loading the datasets…</span>;
  const list = there.data?.datasets ?? [];
  const id = chosen ?? list[0]?.id ?? NEW;
  const many = from.filter !== undefined;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    setWrong(null);
    try {
      const into = id === NEW ? await createDataset(project, name, "") : (list.find((one) => one.id === id) as Dataset);
      setChosen(into.id);
      const made = await addTraces(project, into.id, { ...from, expected, ...(many && { most }) });
      await known.invalidateQueries({ queryKey: ["/datasets", project] });
      const { version, items } = made;
      setDone({
        dataset: into,
        text: version
          ? `${count(version.added)} added${version.changed ? `, ${count(version.changed)} changed` : ""}: version ${version.version} has ${count(version.items)} items.`
          : items === 0
            ? "No request here says what went in."
            : "It is there already as it is.",
      });
    } catch (error) {
      await known.invalidateQueries({ queryKey: ["/datasets", project] });
      setWrong((error instanceof Error ? error.message : String(error)).replace(/^name:\s*/, ""));
    } finally {
      setSending(false);
    }
  };
  if (done)
    return (
      <div className="form" role="status">
        <span>{done.text}</span>
        <Link to="/datasets/$id" params={{ id: done.dataset.id }} search={{ project }} data-autofocus>
          Open {done.dataset.name}
        </Link>
      </div>
    );
  return (
    <form className="form" onSubmit={save} noValidate>
      <NativeSelect
        size="xs"
        label="Dataset"
        data-autofocus
        value={id}
        data={[
          ...list.map((one) => ({ value: one.id, label: `${one.name} (${count(one.latest?.items ?? 0)})` })),
          { value: NEW, label: "A new one" },
        ]}
        onChange={(e) => setChosen(e.currentTarget.value)}
      />
      {id === NEW && <TextInput size="xs" label="Its name" value={name} onChange={(e) => setName(e.currentTarget.value)} />}
      {many && (
        <NumberInput
          size="xs"
          label="The newest so many of those in the list"
          description={from.filter || "every request of the window"}
          min={1}
          max={10_000}
          value={most}
          onChange={(value) => setMost(Number(value) || 1)}
        />
      )}
      <div>
        <span className="label small">Expected</span>
        <SegmentedControl
          size="xs"
          fullWidth
          value={expected}
          onChange={(value) => setExpected(value as typeof expected)}
          data={[
            { value: "nothing", label: "left open" },
            { value: "output", label: "what was answered" },
          ]}
        />
      </div>
      {wrong && (
        <p className="fault" role="alert">
          {wrong}
        </p>
      )}
      <Button size="xs" type="submit" loading={sending} disabled={id === NEW && !name.trim()}>
        Add
      </Button>
    </form>
  );
}
