// What the server objects to in a budget, and the field that it is about.
import { ApiError } from "../../api/client";

export const FIELDS = ["name", "amount_usd", "period", "starts", "filter", "group_by", "group_value"] as const;
export type Objection = { field: (typeof FIELDS)[number] | null; message: string };

/** The server says 'amount_usd: Input should be greater than 0.' or, of a filter, the column. */
export function objectionOf(error: unknown): Objection {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ApiError && error.column !== null) return { field: "filter", message };
  const said = /^(?:body\.)?(\w+): (.*)$/s.exec(message);
  const field = FIELDS.find((name) => name === said?.[1]) ?? null;
  return { field, message: field ? (said?.[2] ?? message) : message };
}
