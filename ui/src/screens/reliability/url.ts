// The Reliability screens' state is their URL.
import { type AskedSearch, kept, validAsked } from "../../parts/asked";

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

export type ReliabilitySearch = AskedSearch & {
  /** facts and attributes to group by, separated by commas */
  by?: string;
  /** a column; '-' in front: descending */
  sort?: string;
  /** map: the hop that is looked at, as kind/stage */
  hop?: string;
};

const TEXTS = ["project", "filter", "by", "sort", "hop"] as const;

export const validate = (said: Record<string, unknown>): ReliabilitySearch => validAsked(said, TEXTS);

/** What stays when one goes to another tab: not the groups, which differ by what is counted. */
export const shared = (search: ReliabilitySearch): ReliabilitySearch => kept(search);
