// How a judge is checked by people: its quota and due date; and labels in and out.
import { Button, FileButton, NumberInput } from "@mantine/core";
import { IconDownload, IconUpload } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { changePlan, importLabels, labelsFile, type Plan, type Review } from "../../api/reviews";
import { count } from "../../parts/format";

type Props = { of: Review; project: string; rater: string };

const FIELDS: { name: keyof Plan; label: string; hint: string; min: number; max: number }[] = [
  { name: "weekly_labels", label: "Labels a week", hint: "The queue fills itself for so many", min: 0, max: 1000 },
  { name: "raters_per_item", label: "Raters a unit", hint: "Two or more say how far people agree", min: 1, max: 10 },
  {
    name: "core",
    label: "Percent drawn from all alike",
    hint: "At least 30; the rest goes to what says most",
    min: 30,
    max: 100,
  },
  { name: "due_days", label: "Calibrate every … days", hint: "Afterwards it is overdue", min: 1, max: 365 },
  {
    name: "anchors_per_day",
    label: "Anchors judged a day",
    hint: "They tell the judge's drift from the product's",
    min: 0,
    max: 500,
  },
];

export function PlanForm({ of, project, rater }: Props) {
  const known = useQueryClient();
  const [draft, setDraft] = useState<Plan>(of.plan);
  const save = useMutation({
    mutationFn: () => changePlan(project, of.judge, rater, draft),
    onSuccess: () => known.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith("/reviews") }),
  });
  const bring = useMutation({
    mutationFn: (file: File) => importLabels(project, of.judge, file),
    onSuccess: () => known.invalidateQueries({ predicate: ({ queryKey }) => /^\/(reviews|quality)/.test(String(queryKey[0])) }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      {FIELDS.map(({ name, label, hint, min, max }) => (
        <NumberInput
          key={name}
          size="xs"
          label={label}
          description={hint}
          min={min}
          max={max}
          allowDecimal={false}
          value={name === "core" ? Math.round(draft.core * 100) : draft[name]}
          onChange={(said) => setDraft({ ...draft, [name]: name === "core" ? Number(said) / 100 : Number(said) })}
        />
      ))}
      {save.isError && (
        <p className="fault" role="alert">
          {save.error.message}
        </p>
      )}
      <div className="choices">
        <Button size="xs" type="submit" loading={save.isPending}>
          Keep this plan
        </Button>
        {save.isSuccess && <span className="muted">Kept.</span>}
      </div>
      <h3>Labels in and out</h3>
      <div className="choices">
        {(["csv", "jsonl"] as const).map((format) => (
          <Button
            key={format}
            size="xs"
            variant="default"
            component="a"
            href={labelsFile(project, of.judge, format)}
            download={`labels.${format}`}
            leftSection={<IconDownload size={14} />}
          >
            {format === "csv" ? "CSV" : "JSONL"}
          </Button>
        ))}
        <FileButton onChange={(file) => file && bring.mutate(file)} accept=".csv,.jsonl,.ndjson">
          {(props) => (
            <Button {...props} size="xs" variant="default" loading={bring.isPending} leftSection={<IconUpload size={14} />}>
              Import
            </Button>
          )}
        </FileButton>
      </div>
      <p className="muted small">
        An import has trace_id (and span_id, or session_id) and label or value; if known rater, explanation and the probability
        with which the unit was drawn.
      </p>
      {bring.isError && (
        <p className="fault" role="alert">
          {bring.error.message}
        </p>
      )}
      {bring.data && (
        <p role="status">
          {count(bring.data.stored)} labels stored
          {bring.data.rejected.length > 0 &&
            `, ${count(bring.data.rejected.length)} rejected: line ${bring.data.rejected[0]?.line}: ${bring.data.rejected[0]?.reason}`}
        </p>
      )}
    </form>
  );
}
