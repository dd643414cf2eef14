// What the Economics screens ask.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Asked, get, type Params, post, put, remove, type Schemas } from "./client";

/** An open side is null. */
export type Window = Schemas["MoneyWindow"];
export type SpendAnswer = Schemas["SpendResponse"];
export type SpendGroup = Schemas["SpendGroup"];
export type SpendPoint = Schemas["SpendPoint"];
export type CacheAnswer = Schemas["CacheResponse"];
export type CacheGroup = Schemas["CacheGroup"];
export type ApplicationCache = CacheAnswer["application"];
export type PrefixAnswer = Schemas["PrefixesResponse"];
export type Prefix = Schemas["Prefix"];
export type MarginAnswer = Schemas["MarginResponse"];
export type MarginGroup = Schemas["MarginGroup"];
export type WhyAnswer = Schemas["MarginWhyResponse"];
export type Driver = Schemas["Driver"];
export type WasteAnswer = Schemas["WasteResponse"];
export type WasteKind = Schemas["WasteKind"];
export type WhatIfAnswer = Schemas["WhatIfResponse"];
export type UnpricedAnswer = Schemas["UnpricedResponse"];
export type UnpricedModel = Schemas["UnpricedModel"];
export type UnknownUsage = Schemas["UnknownUsage"];
export type Repriced = Schemas["RepriceAnswer"];
export type PricesAnswer = Schemas["PricesResponse"];
export type Price = Schemas["Price"];

export type Budget = Schemas["Budget"];
export type BudgetDraft = Omit<Budget, "id" | "created" | "updated">;
export type BudgetStatus = Schemas["BudgetStatus"];
export const PERIODS = ["day", "week", "month", "quarter"] as const satisfies readonly Budget["period"][];

/** What all of them are asked with. */

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
export const budgets = (project: string) => asking<Schemas["BudgetStatusResponse"]>("/economics/budgets/status", { project });

export const reprice = (window: { project: string; from: string; to: string }) => post<Repriced>("/economics/reprice", window);
export const createBudget = (draft: BudgetDraft) => post<Budget>("/economics/budgets", draft);
export const changeBudget = (id: string, draft: BudgetDraft) =>
  put<Budget>(`/economics/budgets/${encodeURIComponent(id)}`, draft);
export const deleteBudget = (id: string) => remove(`/economics/budgets/${encodeURIComponent(id)}`);
