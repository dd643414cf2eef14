// The Economics screens' state is their URL: what all of them share, and what each adds.
import { type AskedSearch, kept, validAsked } from "../../parts/asked";

export const TABS = [
  { id: "spend", title: "Spend" },
  { id: "cache", title: "Cache" },
  { id: "margin", title: "Margin" },
  { id: "waste", title: "Waste" },
  { id: "what-if", title: "What if" },
  { id: "budgets", title: "Budgets" },
  { id: "prices", title: "Prices" },
] as const;
export type Tab = (typeof TABS)[number]["id"];

export type EconomicsSearch = AskedSearch & {
  /** facts and attributes to group by, separated by commas */
  by?: string;
  /** a column; '-' in front: descending */
  sort?: string;
  /** margin: the group whose reasons are open; null is the group without a value */
  why?: string | null;
  /** what if: the other model and its provider, caching, service tier */
  model?: string;
  provider?: string;
  caching?: boolean;
  tier?: string;
  /** prices: words to find */
  find?: string;
};

const TEXTS = ["project", "filter", "by", "sort", "model", "provider", "tier", "find"] as const;

export function validate(said: Record<string, unknown>): EconomicsSearch {
  const search: EconomicsSearch = validAsked(said, TEXTS);
  if (said.why !== undefined) search.why = said.why === null ? null : String(said.why);
  if (said.caching === true) search.caching = true;
  return search;
}

/** What stays when one goes to another tab. */
export const shared = (search: EconomicsSearch): EconomicsSearch => kept(search, "by");
