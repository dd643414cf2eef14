// A judge's definition while it is edited: what a form can hold of it, and back.
import type { Definition, Model } from "../../api/judges";

export type Draft = { name: string; definition: Definition };

export const FORMS = [
  { value: "verdict", label: "one verdict" },
  { value: "claims", label: "claim by claim" },
  { value: "documents", label: "document by document" },
] as const;
export const TYPES = ["binary", "ordinal", "categorical", "numeric"] as const;
export const SAMPLINGS = [
  { value: "uniform", label: "all alike" },
  { value: "stratified", label: "evenly over groups" },
  { value: "weighted", label: "some more often" },
] as const;

const MODEL: Model = { model: "gpt-4o-mini", endpoint: "https://api.openai.com/v1", api_key_env: "OPENAI_API_KEY" };

export const BLANK: Definition = {
  target: "span",
  filter: "kind = llm",
  sampling: { kind: "uniform", rate: 0.1, by: [], boosts: [] },
  rubric: "",
  form: "verdict",
  output: { type: "binary", levels: ["fail", "pass"], passing: ["pass"], low: 0, high: 1 },
  model: MODEL,
  jury: [],
  evaluator: null,
  budget_usd_per_day: 1,
  rate_limit_per_minute: null,
  max_output_tokens: 800,
  max_input_bytes: 48_000,
  timeout_s: 60,
  quiet_minutes: 30,
};

/** A rubric of the library as a draft: what it leaves open is filled in. */
export function draftOf(name: string, definition: Partial<Definition>): Draft {
  return { name, definition: { ...BLANK, ...definition, output: { ...BLANK.output, ...definition.output } } };
}

/** Words in a field, one separated from the next by commas. */
export const words = (said: string): string[] =>
  said
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);

/** The levels changed: what no longer is one no longer passes, and of two the second does. */
export function withLevels(definition: Definition, levels: string[]): Definition {
  const passing = definition.output.passing.filter((level) => levels.includes(level));
  const second = definition.output.type === "binary" ? levels.slice(1, 2) : [];
  return { ...definition, output: { ...definition.output, levels, passing: passing.length ? passing : second } };
}

/** Another kind of verdict begins with words that fit it. */
export function withType(definition: Definition, type: Definition["output"]["type"]): Definition {
  const levels = { binary: ["fail", "pass"], ordinal: ["1", "2", "3", "4", "5"], categorical: ["good", "bad"], numeric: [] }[
    type
  ];
  const passing = { binary: ["pass"], ordinal: ["4", "5"], categorical: ["good"], numeric: [] }[type];
  return { ...definition, output: { ...definition.output, type, levels, passing } };
}

/** One model, or several as a jury. */
export function withModels(definition: Definition, models: Model[]): Definition {
  const [only, ...others] = models;
  return others.length ? { ...definition, model: null, jury: models } : { ...definition, model: only ?? MODEL, jury: [] };
}

export const modelsOf = (definition: Definition): Model[] =>
  definition.jury.length ? definition.jury : definition.model ? [definition.model] : [];

/** Where in the form what the server objects to stands: 'definition.output: two levels …' is about output. */
export function objectionOf(error: unknown): { field: string | null; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  // 'Value error, ' is how a rule of more than one field begins
  const said = /^(?:body\.)?(?:definition\.)?([a-z_]+)(?:\.[\w.]+)?: (?:Value error, )?(.*)$/s.exec(message);
  return said ? { field: said[1] as string, message: said[2] as string } : { field: null, message };
}
