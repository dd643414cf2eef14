// What the Latency screens ask.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Asked, get, type Params, type Schemas } from "./client";

export type PercentilesAnswer = Schemas["PercentilesResponse"];
export type Percentiles = Schemas["Percentiles"];
export type PercentileGroup = Schemas["PercentileGroup"];
export type HeatmapAnswer = Schemas["HeatmapResponse"];
export type StagesAnswer = Schemas["StagesResponse"];
export type Stage = Schemas["Stage"];
export type TimeWindow = Schemas["TimeWindow"];
export const LEVELS = ["p50", "p90", "p95", "p99"] as const;
export type Level = (typeof LEVELS)[number];

/** What all of them are asked with. */
export type Measured = Asked & { of: "requests" | "spans"; measure: string };

const asking = <T>(path: string, params: Params) =>
  queryOptions({
    queryKey: [path, params],
    queryFn: ({ signal }) => get<T>(path, params, signal),
    placeholderData: keepPreviousData,
    staleTime: 15_000,
    retry: false,
  });

export const percentiles = (q: Measured & { group_by: string[] }) =>
  asking<PercentilesAnswer>("/latency/percentiles", { ...q, limit: 50 });
export const heatmap = (q: Measured & { interval?: string }) => asking<HeatmapAnswer>("/latency/heatmap", q);
export const stages = (q: Asked) => asking<StagesAnswer>("/latency/stages", q);
export type LostAnswer = Schemas["LostResponse"];
export type LostGroup = Schemas["LostGroup"];
export type TokensAnswer = Schemas["TokensResponse"];
export type TokenModel = Schemas["TokenModel"];
export type CompareAnswer = Schemas["CompareResponse"];
export type ComparedGroup = Schemas["ComparedGroup"];
export type Difference = Schemas["Difference"];

export const lost = (q: Asked) => asking<LostAnswer>("/latency/lost", q);
export const tokens = (q: Asked) => asking<TokensAnswer>("/latency/tokens", q);
export const compare = (
  q: Measured & { group_by: string[]; a_filter?: string; b_filter?: string; a_from?: string; a_to?: string },
) => asking<CompareAnswer>("/latency/compare", q);
