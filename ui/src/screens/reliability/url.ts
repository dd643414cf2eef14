// The Reliability screens' state is their URL.
import { validWindow, type WindowSearch } from "../../kit/window";

export const TABS = [
  { id: "errors", title: "Errors" },
  { id: "silent", title: "Silent failures" },
  { id: "providers", title: "Providers" },
  { id: "retries", title: "Retries" },
  { id: "sessions", title: "Sessions" },
  { id: "map", title: "Map" },
  { id: "objectives", title: "Objectives" },
] as const;
export type Tab = (typeof TABS)[number]["id"];

export type ReliabilitySearch = WindowSearch & {
  project?: string;
  filter?: string;
  /** facts and attributes to group by, separated by commas */
  by?: string;
  /** a column; '-' in front: descending */
  sort?: string;
  /** map: the hop that is looked at, as kind/stage */
  hop?: string;
};

const TEXTS = ["project", "filter", "by", "sort", "hop"] as const;

export function validate(said: Record<string, unknown>): ReliabilitySearch {
  const search: ReliabilitySearch = validWindow(said);
  for (const name of TEXTS) {
    const value = said[name];
    if ((typeof value === "string" && value) || typeof value === "number") search[name] = String(value);
  }
  return search;
}

/** What stays when one goes to another tab. */
export function shared({ project, filter, range, from, to }: ReliabilitySearch): ReliabilitySearch {
  return {
    ...(project && { project }),
    ...(filter && { filter }),
    ...(range && { range }),
    ...(from && { from }),
    ...(to && { to }),
  };
}
