// What a screen can be divided by: facts that repeat. An id or a text is a group of one.
import type { Schemas } from "../api/client";

const SINGULAR = new Set([
  "project",
  "trace_id",
  "span_id",
  "parent_span_id",
  "response_id",
  "status_message",
  "fallback_of",
  "query",
]);

export function groupable(facts: readonly Schemas["FactInfo"][]): string[] {
  return facts
    .filter((fact) => (fact.type === "string" || fact.type === "boolean") && fact.group !== "trace" && !SINGULAR.has(fact.name))
    .map((fact) => fact.name);
}
