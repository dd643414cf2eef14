// The Judges screens' state is their URL.
import { type AskedSearch, validAsked } from "../../parts/asked";

export type JudgesSearch = AskedSearch & {
  /** a column; '-' in front: descending */
  sort?: string;
  /** of a new judge: the rubric of the library that it begins with */
  from?: string;
  /** the trace, and the span in it, on which it is tried */
  trace?: string;
  span?: string;
};

export const validate = (said: Record<string, unknown>): JudgesSearch =>
  validAsked(said, ["project", "sort", "from", "trace", "span"] as const);
