// The datasets of a project: what there is to try things on.
import { Button, Modal, Textarea, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { createDataset, type Dataset, datasets } from "../../api/datasets";
import { DataTable } from "../../kit/DataTable";
import { Empty } from "../../kit/States";
import { useKeys } from "../../kit/useKeys";
import { Answered } from "../../parts/Frame";
import { clock, count } from "../../parts/format";
import { useAsked } from "../../parts/useAsked";
import { Place } from "./Place";
import { originOf } from "./words";

export function DatasetsScreen() {
  const { project, navigate } = useAsked();
  const found = useQuery(datasets(project));
  const [making, setMaking] = useState(false);
  const open = (id: string) => navigate({ to: "/datasets/$id", params: { id }, search: { project } });
  useKeys({ a: () => setMaking(true) });
  const make = (
    <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} title="Press a" onClick={() => setMaking(true)}>
      New dataset
    </Button>
  );
  return (
    <Place tab="/datasets" controls={found.data?.datasets.length ? make : undefined}>
      <Modal opened={making} onClose={() => setMaking(false)} title="New dataset">
        <DatasetForm project={project} onMade={(one) => open(one.id)} />
      </Modal>
      <Answered
        query={found}
        what="the datasets"
        isEmpty={(answer) => answer.datasets.length === 0}
        empty={
          <Empty title="No dataset yet">
            <span>
              A dataset is a list of inputs, with what is expected where it is known. Make one here, or from any request: its page
              and the list of{" "}
              <Link to="/traces" search={{ project }}>
                traces
              </Link>{" "}
              have “Add to dataset”.
            </span>
            {make}
          </Empty>
        }
      >
        {(answer) => (
          <section className="scrolled">
            <DataTable
              label="Datasets"
              keys
              rows={answer.datasets}
              keyOf={(row) => row.id}
              onOpen={(row) => open(row.id)}
              columns={[
                {
                  id: "name",
                  title: "Name",
                  wide: true,
                  cell: (row: Dataset) => (
                    <>
                      <Link to="/datasets/$id" params={{ id: row.id }} search={{ project }}>
                        {row.name}
                      </Link>
                      {row.description && <div className="muted">{row.description}</div>}
                    </>
                  ),
                },
                { id: "items", title: "Items", numeric: true, cell: (row) => count(row.latest?.items ?? 0) },
                { id: "version", title: "Version", numeric: true, cell: (row) => (row.latest ? `v${row.latest.version}` : "–") },
                { id: "changed", title: "Changed", cell: (row) => clock(row.latest?.created ?? row.created) },
                { id: "by", title: "By", cell: (row) => row.latest?.author || "–" },
                { id: "from", title: "Last made from", cell: (row) => (row.latest ? originOf(row.latest) : "–") },
              ]}
            />
          </section>
        )}
      </Answered>
    </Place>
  );
}

type FormProps = { project: string; onMade: (made: Dataset) => void };

export function DatasetForm({ project, onMade }: FormProps) {
  const known = useQueryClient();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    try {
      const made = await createDataset(project, name, description);
      await known.invalidateQueries({ queryKey: ["/datasets", project] });
      onMade(made);
    } catch (error) {
      setWrong((error instanceof Error ? error.message : String(error)).replace(/^name:\s*/, ""));
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
        value={name}
        error={wrong}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <Textarea
        size="xs"
        label="What it is for"
        autosize
        minRows={2}
        value={description}
        onChange={(e) => setDescription(e.currentTarget.value)}
      />
      <Button size="xs" type="submit" loading={sending} disabled={!name.trim()}>
        Make it
      </Button>
    </form>
  );
}
