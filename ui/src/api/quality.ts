// What the Quality screens ask.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Asked, get, type Params, post, type Schemas } from "./client";

export type Interval = Schemas["Interval"];
export type Standing = Schemas["Standing"];
export type ScoreName = Schemas["QualityScore"];
export type TrendAnswer = Schemas["TrendResponse"];
export type QualityPoint = Schemas["QualityPoint"];
export type QualityGroup = Schemas["QualityGroup"];
export type CalibrationAnswer = Schemas["CalibrationAnswer"];
export type CalibrationSegment = Schemas["CalibrationSegment"];
export type KeptCalibration = Schemas["KeptCalibration"];
export type History = Schemas["HistoryResponse"];
export type AnchorsAnswer = Schemas["AnchorsResponse"];

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

export type Which = { judge?: string; name?: string; source?: string };

export const scoreNames = (q: { project: string; from?: string; to?: string }) =>
  asking<Schemas["QualityScoresResponse"]>("/quality/scores", q, 15_000);
export const trend = (q: Asked & Which & { group_by: string[] }, wanted: boolean) => ({
  ...asking<TrendAnswer>("/quality/trend", q, pace(q)),
  enabled: wanted,
});
const ofJudge = (judge: string, what: string) => `/quality/judges/${encodeURIComponent(judge)}/${what}`;
export const calibration = (judge: string, q: { project: string; segment?: string; version?: string }) =>
  asking<CalibrationAnswer>(ofJudge(judge, "calibration"), q);
export const calibrations = (judge: string, project: string) => asking<History>(ofJudge(judge, "calibrations"), { project });
export const anchors = (judge: string, project: string) => asking<AnchorsAnswer>(ofJudge(judge, "anchors"), { project });

const told = (project: string, version?: string) => new URLSearchParams({ project, ...(version && { version }) }).toString();
export const calibrate = (judge: string, project: string, version?: string) =>
  post<History>(`${ofJudge(judge, "calibrations")}?${told(project, version)}`, undefined);
export const chooseAnchors = (judge: string, project: string) =>
  post<AnchorsAnswer>(`${ofJudge(judge, "anchors")}?${told(project)}`, undefined);
