// What the Judges screens ask and change.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { get, post, put, remove, type Schemas } from "./client";

export type Judge = Schemas["Judge"];
export type Definition = Schemas["Definition"];
export type Model = Schemas["Model"];
export type Rubric = Schemas["LibraryEntry"];
export type Forecast = Schemas["Forecast"];
export type Tried = Schemas["TryAnswer"];
export type Backlog = Schemas["Backlog"];
export type Estimate = Schemas["BackfillAnswer"];

const id = (judge: string) => `/judges/${encodeURIComponent(judge)}`;

export const judges = (project: string) =>
  queryOptions({
    queryKey: ["/judges", { project }],
    queryFn: ({ signal }) => get<Schemas["JudgesResponse"]>("/judges", { project }, signal),
    refetchInterval: 10_000,
    retry: false,
  });
export const judge = (of: string) =>
  queryOptions({ queryKey: ["/judges", of], queryFn: ({ signal }) => get<Judge>(id(of), {}, signal), retry: false });
export const versions = (of: string) =>
  queryOptions({
    queryKey: ["/judges", of, "versions"],
    queryFn: ({ signal }) => get<Schemas["JudgeVersions"]>(`${id(of)}/versions`, {}, signal),
    retry: false,
  });
export const backlog = (of: string) =>
  queryOptions({
    queryKey: ["/judges", of, "backlog"],
    queryFn: ({ signal }) => get<Backlog>(`${id(of)}/backlog`, {}, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
    retry: false,
  });
export const library = queryOptions({
  queryKey: ["/judges/library"],
  queryFn: ({ signal }) => get<Schemas["Library"]>("/judges/library", {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});
/** What a definition would cost; `of`: the judge whose verdicts so far it may learn from. */
export const forecast = (project: string, definition: Definition, of: string | null) =>
  queryOptions({
    queryKey: ["/judges/forecast", project, definition, of],
    queryFn: ({ signal }) => post<Forecast>(asked("/judges/forecast", project), { definition, judge_id: of }, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });

const asked = (path: string, project: string) => `${path}?${new URLSearchParams({ project })}`;

export const createJudge = (project: string, said: Schemas["JudgeRequest"]) => post<Judge>(asked("/judges", project), said);
export const changeJudge = (of: string, said: Schemas["JudgeChange"]) => put<Judge>(id(of), said);
export const deleteJudge = (of: string) => remove(id(of));
export const tryJudge = (project: string, said: Schemas["TryRequest"]) => post<Tried>(asked("/judges/try", project), said);
export const backfill = (of: string, from: string, estimate: boolean) =>
  post<Estimate>(`${id(of)}/backfills`, { from, estimate });
export const stopBackfill = (of: string, which: string) => remove(`${id(of)}/backfills/${encodeURIComponent(which)}`);
