// The trace list's state is its URL.
import { validWindow, type WindowSearch } from "../../kit/window";

export type TracesSearch = WindowSearch & {
  project?: string;
  filter?: string;
  live?: boolean;
  columns?: string;
  /** the trace that was opened from here: where one is on coming back */
  at?: string;
};

export function validate(said: Record<string, unknown>): TracesSearch {
  const search: TracesSearch = validWindow(said);
  for (const name of ["project", "filter", "columns", "at"] as const) {
    const value = said[name];
    if ((typeof value === "string" && value) || typeof value === "number") search[name] = String(value);
  }
  if (said.live === false || said.live === "false") search.live = false;
  return search;
}
