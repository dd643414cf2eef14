// What the Economics screens ask. The types are written by hand from the contract: they give way to the generated ones (schema.d.ts)
// as soon as the OpenAPI document has /api/v1/economics.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { get, type Params, post, put, remove } from "./client";

type Known<T> = T | null;
type Group = Known<string>[];
/** An open side is null. */
export type Window = { from: Known<string>; to: Known<string> };
type Windows = { window: Window; previous: Known<Window> };

export type Spend = {
  requests: number;
  calls: number;
  cost_usd: Known<number>;
  uncached_input_usd: Known<number>;
  cache_read_usd: Known<number>;
  cache_write_usd: Known<number>;
  output_usd: Known<number>;
  other_usd: Known<number>;
  reported_usd: Known<number>;
  input_tokens: Known<number>;
  output_tokens: Known<number>;
  cache_read_tokens: Known<number>;
  cache_write_tokens: Known<number>;
  reasoning_tokens: Known<number>;
  priced_calls: number;
  unpriced_calls: number;
  unknown_usage_calls: number;
  priced_share: Known<number>;
};
export type PerUnit = {
  mean: Known<number>;
  p50: Known<number>;
  p95: Known<number>;
  p99: Known<number>;
  max: Known<number>;
  n: number;
};
export type SpendGroup = {
  group: Group;
  now: Spend;
  before: Known<Spend>;
  change_usd: Known<number>;
  share: Known<number>;
  per_request_usd: Known<number>;
  /** selects the group's spans; null where the filter language can't say it */
  filter: Known<string>;
};
export type SpendPoint = { time: string; group: Group; cost_usd: Known<number>; calls: number };
export type SpendAnswer = Windows & {
  total: Spend;
  previous_total: Known<Spend>;
  per_request: Known<PerUnit>;
  previous_per_request: Known<PerUnit>;
  per_session: Known<PerUnit>;
  interval: string;
  series: SpendPoint[];
  groups: SpendGroup[];
  more_groups: number;
};

export type CacheUse = {
  calls: number;
  hits: number;
  misses: number;
  silent_calls: number;
  hit_rate_requests: Known<number>;
  input_tokens: Known<number>;
  cache_read_tokens: Known<number>;
  hit_rate_tokens: Known<number>;
  saved_usd: Known<number>;
  saved_how: string;
  cache_write_tokens: Known<number>;
  cache_write_usd: Known<number>;
  write_premium_usd: Known<number>;
  reads_per_write: Known<number>;
  break_even_reads: Known<number>;
  unread_write_usd: Known<number>;
};
export type CacheGroup = { group: Group; now: CacheUse; before: Known<CacheUse>; filter: Known<string> };
export type CachePoint = {
  time: string;
  hit_rate_tokens: Known<number>;
  hit_rate_requests: Known<number>;
  saved_usd: Known<number>;
};
export type ApplicationCache = {
  lookups: number;
  hits: number;
  misses: number;
  hit_rate: Known<number>;
  saved_usd: Known<number>;
  saved_estimate: string;
};
export type CacheAnswer = Windows & {
  provider: CacheUse;
  previous_provider: Known<CacheUse>;
  provider_groups: CacheGroup[];
  more_groups: number;
  interval: string;
  series: CachePoint[];
  application: ApplicationCache & { previous: Known<ApplicationCache> };
  assumptions: string[];
};
export type Prefix = {
  prefix: string;
  model: Known<string>;
  preview: Known<string>;
  prefix_tokens: Known<number>;
  calls: number;
  seen_before_calls: number;
  read_calls: number;
  avoidable_tokens: Known<number>;
  avoidable_usd: Known<number>;
  missing_since: Known<string>;
  last_hit: Known<string>;
  trace_ids: string[];
  filter: Known<string>;
};
export type PrefixAnswer = {
  window: Window;
  calls: number;
  calls_without_content: number;
  input_tokens: Known<number>;
  seen_before_tokens: Known<number>;
  cache_read_tokens: Known<number>;
  avoidable_tokens: Known<number>;
  avoidable_usd: Known<number>;
  seen_before_rate: Known<number>;
  hit_rate_tokens: Known<number>;
  avoidable_rate: Known<number>;
  requests_avoidable: Known<number>;
  assumptions: string[];
  prefixes: Prefix[];
};

export type Margin = {
  requests: number;
  requests_with_revenue: number;
  revenue_usd: Known<number>;
  cost_usd: Known<number>;
  margin_usd: Known<number>;
  margin_rate: Known<number>;
  unprofitable_requests: number;
  priced_share: Known<number>;
};
export type MarginGroup = {
  group: Group;
  now: Margin;
  before: Known<Margin>;
  change_usd: Known<number>;
  filter: Known<string>;
};
export type MarginAnswer = Windows & {
  total: Margin;
  previous_total: Known<Margin>;
  groups: MarginGroup[];
  more_groups: number;
};
export type Driver = {
  fact: string;
  value: string;
  cost_usd: Known<number>;
  share: Known<number>;
  per_request_usd: Known<number>;
  others_per_request_usd: Known<number>;
  excess_usd: Known<number>;
  calls_per_request: Known<number>;
  others_calls_per_request: Known<number>;
  tokens_per_call: Known<number>;
  others_tokens_per_call: Known<number>;
  sentence: string;
  filter: Known<string>;
  trace_ids: string[];
};
export type WhyAnswer = Windows & {
  group: Group;
  requests: number;
  cost_per_request_usd: Known<number>;
  others_cost_per_request_usd: Known<number>;
  revenue_per_request_usd: Known<number>;
  others_revenue_per_request_usd: Known<number>;
  drivers: Driver[];
  note: string;
};

export type WasteKind = {
  kind: string;
  title: string;
  meaning: string;
  usd: Known<number>;
  calls: Known<number>;
  requests: Known<number>;
  share: Known<number>;
  estimate: boolean;
  how: string;
  filter: Known<string>;
  trace_ids: string[];
};
export type WasteAnswer = {
  window: Window;
  spend_usd: Known<number>;
  waste_usd: Known<number>;
  how_added: string;
  kinds: WasteKind[];
  assumptions: string[];
};

export type WhatIfModel = { model: Known<string>; calls: number; actual_usd: Known<number>; hypothetical_usd: Known<number> };
export type WhatIfAnswer = {
  window: Window;
  actual_usd: Known<number>;
  hypothetical_usd: Known<number>;
  difference_usd: Known<number>;
  calls: number;
  calls_priced: number;
  calls_left_out: number;
  assumptions: string[];
  by: WhatIfModel[];
};

export type UnpricedModel = {
  kind: string;
  provider: Known<string>;
  model: Known<string>;
  calls: number;
  input_tokens: Known<number>;
  output_tokens: Known<number>;
  first: string;
  last: string;
  filter: Known<string>;
  why: string;
};
export type UnknownUsage = { kind: string; provider: Known<string>; model: Known<string>; calls: number; filter: Known<string> };
export type UnpricedAnswer = { window: Window; models: UnpricedModel[]; unknown_usage: UnknownUsage[] };

export type Price = {
  kind: string;
  provider: Known<string>;
  model: Known<string>;
  request_model: Known<string>;
  price: Known<string>;
  valid_from: Known<string>;
  valid_to: Known<string>;
  above_tokens: Known<number>;
  service_tier: Known<string>;
  unit: string;
  input: Known<number>;
  output: Known<number>;
  cache_read: Known<number>;
  cache_write: Known<number>;
  cache_write_1h: Known<number>;
  request: Known<number>;
  web_search: Known<number>;
  second: Known<number>;
};
export type PricesAnswer = { catalogue: Known<string>; prices: Price[] };
export type Repriced = {
  spans: number;
  changed: number;
  before_usd: Known<number>;
  after_usd: Known<number>;
  moved_usd: Known<number>;
  newly_priced: number;
  by_model: { model: Known<string>; spans?: number; changed?: number; moved_usd: Known<number> }[];
};

export const PERIODS = ["day", "week", "month", "quarter"] as const;
export type Period = (typeof PERIODS)[number];
export type BudgetDraft = {
  project: string;
  name: string;
  filter: string;
  group_by: Known<string>;
  group_value: Known<string>;
  period: Period;
  amount_usd: number;
  starts: string;
};
export type Budget = BudgetDraft & { id: string; created: string; updated: string };
export type BudgetStatus = {
  budget: Budget;
  period: { from: string; to: string };
  spent_usd: Known<number>;
  share_spent: Known<number>;
  share_elapsed: Known<number>;
  priced_share: Known<number>;
  forecast_usd: Known<number>;
  forecast_interval: Known<[number, number]>;
  enough: boolean;
  why: string;
  burn_rates: { window: string; rate: Known<number>; usd: Known<number> }[];
  exhausted_at: Known<string>;
  over: boolean;
  filter: Known<string>;
  series: { time: string; spent_usd: Known<number>; cumulative_usd: Known<number> }[];
};

/** What all of them are asked with. */
export type Asked = { project: string; filter: string; from?: string; to?: string };

const asking = <T>(path: string, params: Params) =>
  queryOptions({
    queryKey: [path, params],
    queryFn: ({ signal }) => get<T>(path, params, signal),
    placeholderData: keepPreviousData,
    staleTime: 15_000,
    retry: false,
  });

export const spend = (q: Asked & { group_by: string[]; interval?: string }) =>
  asking<SpendAnswer>("/economics/spend", { ...q, limit: 50 });
/** Only for how much of the traffic has a price. */
export const pricedShare = (q: Asked) => asking<SpendAnswer>("/economics/spend", { ...q, limit: 1 });
export const cache = (q: Asked & { group_by: string[] }) => asking<CacheAnswer>("/economics/cache", q);
export const prefixes = (q: Asked) => asking<PrefixAnswer>("/economics/cache/prefixes", q);
export const margin = (q: Asked & { group_by: string[] }) => asking<MarginAnswer>("/economics/margin", q);
export const why = (q: Asked & { group_by: string; value?: string }) => asking<WhyAnswer>("/economics/margin/why", q);
export const waste = (q: Asked) => asking<WasteAnswer>("/economics/waste", q);
export const whatIf = (q: Asked & { model?: string; provider?: string; caching?: boolean; service_tier?: string }) =>
  asking<WhatIfAnswer>("/economics/what-if", q);
export const unpriced = (q: Asked) => asking<UnpricedAnswer>("/economics/unpriced", q);
export const prices = (search: string) => asking<PricesAnswer>("/economics/prices", { search });
export const budgets = (project: string) => asking<{ budgets: BudgetStatus[] }>("/economics/budgets/status", { project });

export const reprice = (window: { project: string; from: string; to: string }) => post<Repriced>("/economics/reprice", window);
export const createBudget = (draft: BudgetDraft) => post<Budget>("/economics/budgets", draft);
export const changeBudget = (id: string, draft: BudgetDraft) =>
  put<Budget>(`/economics/budgets/${encodeURIComponent(id)}`, draft);
export const deleteBudget = (id: string) => remove(`/economics/budgets/${encodeURIComponent(id)}`);
