// What the Reliability screens ask.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Asked, get, type Params, post, put, remove, type Schemas } from "./client";

export type Tally = Schemas["Tally"];
export type ErrorsAnswer = Schemas["ErrorsResponse"];
export type SilentAnswer = Schemas["SilentFailuresResponse"];
export type CaseGroup = Schemas["CaseGroup"];
export type CasePoint = Schemas["CasePoint"];
export type SilentKind = Schemas["SilentKind"];
export type ErrorMessage = Schemas["ErrorMessage"];
export type AvailabilityAnswer = Schemas["AvailabilityResponse"];
export type ModelAvailability = Schemas["ModelAvailability"];
export type RetriesAnswer = Schemas["RetriesResponse"];
export type Chain = Schemas["Chain"];
export type Headroom = Schemas["Headroom"];
export type SessionsAnswer = Schemas["SessionsResponse"];
export type HopsAnswer = Schemas["HopsResponse"];
export type HopNode = Schemas["HopNode"];
export type HopEdge = Schemas["HopEdge"];
export type MissingHop = Schemas["MissingHop"];
export type Slo = Schemas["Slo"];
export type SloDraft = Omit<Slo, "id" | "created" | "updated">;
export type SloStatus = Schemas["SloStatus"];

const asking = <T>(path: string, params: Params, refetchInterval: number | false = false) =>
  queryOptions({
    queryKey: [path, params],
    queryFn: ({ signal }) => get<T>(path, params, signal),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    refetchInterval,
    retry: false,
  });

/** A window that moves is asked again; one with an end is not. */
const pace = (q: Asked) => (q.from?.startsWith("-") && !q.to ? 15_000 : false);

type Over = Asked & { interval?: string };

export const errors = (q: Over & { group_by: string[] }) => asking<ErrorsAnswer>("/reliability/errors", q, pace(q));
export const silentFailures = (q: Over & { group_by: string[] }) =>
  asking<SilentAnswer>("/reliability/silent-failures", q, pace(q));
export const availability = (q: Over) => asking<AvailabilityAnswer>("/reliability/availability", q, pace(q));
export const retries = (q: Asked) => asking<RetriesAnswer>("/reliability/retries", q, pace(q));
export const sessions = (q: Asked & { quiet?: string }) => asking<SessionsAnswer>("/reliability/sessions", q, pace(q));
export const hops = (q: Asked) => asking<HopsAnswer>("/reliability/hops", q, pace(q));
export const slos = (project: string) => asking<Schemas["SloStatusResponse"]>("/reliability/slos/status", { project }, 30_000);
export const standing = (project: string, trace_id: string, settled: boolean) =>
  queryOptions({
    queryKey: ["/reliability/standing", project, trace_id],
    queryFn: ({ signal }) => get<Schemas["StandingResponse"]>("/reliability/standing", { project, trace_id }, signal),
    staleTime: 60_000,
    enabled: settled,
    retry: false,
  });

export const createSlo = (draft: SloDraft) => post<Slo>("/reliability/slos", draft);
export const changeSlo = (id: string, draft: SloDraft) => put<Slo>(`/reliability/slos/${encodeURIComponent(id)}`, draft);
export const deleteSlo = (id: string) => remove(`/reliability/slos/${encodeURIComponent(id)}`);
