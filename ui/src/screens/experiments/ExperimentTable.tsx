// Experiments as rows; two that are chosen can be compared.
import { Button, Checkbox } from "@mantine/core";
import { IconArrowsDiff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Experiment } from "../../api/experiments";
import { DataTable } from "../../kit/DataTable";
import { useKeys } from "../../kit/useKeys";
import { clock, count } from "../../parts/format";
import { useAsked } from "../../parts/useAsked";
import { subjectOf } from "../datasets/words";

export function ExperimentTable({ rows, keys = false }: { rows: Experiment[]; keys?: boolean }) {
  const { project, navigate } = useAsked();
  const [chosen, setChosen] = useState<string[]>([]);
  const toggle = (id: string) =>
    setChosen((was) => (was.includes(id) ? was.filter((one) => one !== id) : [...was, id].slice(-2)));
  const [one, other] = chosen.map((id) => rows.find((row) => row.id === id));
  const pair = one && other ? [one, other].sort((a, b) => a.created.localeCompare(b.created)) : null;
  const same = pair !== null && pair[0]?.dataset_id === pair[1]?.dataset_id;
  const compare = () =>
    same &&
    pair[0] &&
    pair[1] &&
    navigate({ to: "/experiments/compare", search: { project, first: pair[0].id, second: pair[1].id } as never });
  useKeys(keys ? { c: () => compare() } : {});
  return (
    <>
      {rows.length > 1 && (
        <div className="above-cards">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconArrowsDiff size={14} />}
            disabled={!same}
            title={pair && !same ? "They ran over different datasets" : "Choose two, then press c"}
            onClick={compare}
          >
            {pair && !same ? "Not over one dataset" : `Compare ${chosen.length === 2 ? "the two" : "two"}`}
          </Button>
        </div>
      )}
      <DataTable
        label="Experiments"
        keys={keys}
        rows={rows}
        keyOf={(row) => row.id}
        onOpen={(row) => navigate({ to: "/experiments/$id", params: { id: row.id }, search: { project } })}
        columns={[
          {
            id: "choose",
            title: "",
            cell: (row) => (
              <Checkbox
                size="xs"
                aria-label={`Choose ${row.name} of ${clock(row.created)}`}
                checked={chosen.includes(row.id)}
                onChange={() => toggle(row.id)}
              />
            ),
          },
          {
            id: "name",
            title: "Name",
            cell: (row: Experiment) => (
              <Link to="/experiments/$id" params={{ id: row.id }} search={{ project }}>
                {row.name}
              </Link>
            ),
          },
          { id: "subject", title: "What ran", wide: true, cell: (row) => <span className="mono">{subjectOf(row)}</span> },
          {
            id: "dataset",
            title: "Dataset",
            cell: (row) => (
              <Link
                to="/datasets/$id"
                params={{ id: row.dataset_id }}
                search={{ project, version: row.dataset_version } as never}
              >
                {row.dataset_name ?? "(deleted)"} v{row.dataset_version}
              </Link>
            ),
          },
          { id: "items", title: "Items", numeric: true, cell: (row) => count(row.items) },
          { id: "repeats", title: "Repeats", numeric: true, cell: (row) => row.repeats },
          {
            id: "state",
            title: "State",
            cell: (row) => (row.finished ? <span className="muted">finished</span> : <span className="chip">running</span>),
          },
          { id: "when", title: "When", cell: (row) => clock(row.created) },
          { id: "who", title: "Who", cell: (row) => row.author || "–" },
        ]}
      />
    </>
  );
}
