// The Quality screens' state is their URL.
import { type AskedSearch, kept, validAsked } from "../../parts/asked";

export const TABS = [
  { id: "trend", title: "Trend" },
  { id: "calibration", title: "Calibration" },
  { id: "retrieval", title: "Retrieval" },
] as const;
export type Tab = (typeof TABS)[number]["id"];

export type QualitySearch = AskedSearch & {
  /** whose score: a judge's id, or a name with its source */
  judge?: string;
  score?: string;
  source?: string;
  /** the fact by which it is divided */
  by?: string;
  /** a column; '-' in front: descending */
  sort?: string;
  /** of a judge */
  version?: string;
  /** retrieval: searches or reranks; how many documents; what is drawn */
  kind?: string;
  k?: string;
  show?: string;
};

const TEXTS = ["project", "filter", "judge", "score", "source", "by", "sort", "version", "kind", "k", "show"] as const;

export const validate = (said: Record<string, unknown>): QualitySearch => validAsked(said, TEXTS);

/** What stays when one goes to another tab. */
export const shared = (search: QualitySearch): QualitySearch => kept(search, "judge", "score", "source");

/** What a score has of its target: what it can be divided by. */
export const SEGMENTS = [
  "task",
  "model",
  "prompt_version",
  "tenant",
  "release",
  "environment",
  "service",
  "index_version",
] as const;
