// Datasets and experiments in words.
import type { DatasetVersion } from "../../api/datasets";
import type { Experiment } from "../../api/experiments";
import { count, UNKNOWN } from "../../parts/format";

/** What a version was made from. */
export function originOf({ origin }: DatasetVersion): string {
  const traces = origin.trace_ids?.length ?? 0;
  switch (origin.how) {
    case "filter":
      return origin.filter ? `requests with ${origin.filter}` : "requests of a window";
    case "traces":
      return traces === 1 ? "one request" : `${count(traces)} requests`;
    case "file":
      return origin.file ? `the file ${origin.file}` : "a file";
    default:
      return "changes by hand";
  }
}

/** By what a version differs from the one before: +12, 3 changed, −1. */
export function changesOf({ added, changed, removed }: Pick<DatasetVersion, "added" | "changed" | "removed">): string {
  return [added && `+${count(added)}`, changed && `${count(changed)} changed`, removed && `−${count(removed)}`]
    .filter(Boolean)
    .join(", ");
}

/** What an experiment ran. */
export function subjectOf({ subject }: Pick<Experiment, "subject">): string {
  const said = subject as { callable?: string; prompt?: string; prompt_version?: string; model?: string };
  if (said.callable) return said.callable;
  if (said.prompt) return `${said.prompt} (${said.prompt_version ?? "?"}) × ${said.model ?? "?"}`;
  return said.model ?? UNKNOWN;
}

/** A number of an experiment: four significant digits, never an exponent. */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toFixed(7).replace(/0+$/, "");
  return Number(value.toPrecision(4)).toLocaleString("en-US", { maximumFractionDigits: 6 }).replace("-", "−");
}

/** A difference with its direction. */
export function moved(value: number | null | undefined): string {
  const said = number(value);
  return (value ?? 0) > 0 ? `+${said}` : said;
}
