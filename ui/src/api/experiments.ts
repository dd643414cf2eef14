// Experiments, their comparison, and comparisons of live traffic.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { get, post, remove, type Schemas } from "./client";

export type Experiment = Schemas["Experiment"];
export type ExperimentSummary = Schemas["ExperimentSummary"];
export type Measured = Schemas["Measured"];
export type Estimate = Schemas["Estimate"];
export type Comparison = Schemas["ExperimentComparison"];
export type ComparedMeasure = Schemas["ComparedMeasure"];
export type DifferingItem = Schemas["DifferingItem"];
export type Result = Schemas["Result"];
export type LiveTest = Schemas["LiveTest"];
export type LiveResult = Schemas["LiveResult"];
export type LiveDraft = Schemas["LiveTestRequest"];

const at = (id: string) => `/experiments/${encodeURIComponent(id)}`;
const of = (project: string, path: string) => `${path}?project=${encodeURIComponent(project)}`;

export const experiments = (project: string, dataset?: string) =>
  queryOptions({
    queryKey: ["/experiments", project, dataset ?? null],
    queryFn: ({ signal }) => get<Schemas["ExperimentsResponse"]>("/experiments", { project, dataset }, signal),
    refetchInterval: (query) => (query.state.data?.experiments.some((one) => one.finished === null) ? 5_000 : 30_000),
    retry: false,
  });

export const experiment = (project: string, id: string) =>
  queryOptions({
    queryKey: ["/experiments", project, "one", id],
    queryFn: ({ signal }) => get<ExperimentSummary>(at(id), { project }, signal),
    refetchInterval: (query) => (query.state.data?.finished === null ? 2_000 : false),
    retry: false,
  });

export const results = (project: string, id: string, more: { item_id?: string; limit?: number } = {}, running = false) =>
  queryOptions({
    queryKey: ["/experiments", project, "one", id, "results", more],
    queryFn: ({ signal }) => get<Schemas["ResultsResponse"]>(`${at(id)}/results`, { project, ...more }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: running ? 5_000 : false,
    retry: false,
  });

export type Comparing = { first: string; second: string; margin: number; score?: string[] };

export const comparison = (project: string, { first, second, margin, score }: Comparing) =>
  queryOptions({
    queryKey: ["/experiments/compare", project, first, second, margin, score ?? null],
    queryFn: ({ signal }) => get<Comparison>("/experiments/compare", { project, first, second, margin, score }, signal),
    placeholderData: keepPreviousData,
    retry: false,
  });

export const deleteExperiment = (project: string, id: string) => remove(of(project, at(id)));

export const liveTests = (project: string) =>
  queryOptions({
    queryKey: ["/live-tests", project],
    queryFn: ({ signal }) => get<Schemas["LiveTestsResponse"]>("/live-tests", { project }, signal),
    retry: false,
  });

export const liveTest = (project: string, id: string) =>
  queryOptions({
    queryKey: ["/live-tests", project, id],
    queryFn: ({ signal }) => get<LiveResult>(`/live-tests/${encodeURIComponent(id)}`, { project }, signal),
    refetchInterval: (query) => (query.state.data?.test.ended ? false : 30_000),
    placeholderData: keepPreviousData,
    retry: false,
  });

export const createLiveTest = (project: string, draft: LiveDraft) => post<LiveTest>(of(project, "/live-tests"), draft);
export const endLiveTest = (project: string, id: string) =>
  post<LiveTest>(of(project, `/live-tests/${encodeURIComponent(id)}/end`), undefined);
export const deleteLiveTest = (project: string, id: string) => remove(of(project, `/live-tests/${encodeURIComponent(id)}`));
