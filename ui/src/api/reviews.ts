// What the Review screen asks and says.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { address, get, post, put, type Schemas } from "./client";

export type ReviewedJudge = Schemas["ReviewedJudge"];
export type Review = Schemas["ReviewResponse"];
export type Queue = Schemas["QueueResponse"];
export type Item = Schemas["ReviewItem"];
export type Answered = Schemas["Answered"];
export type Choice = Schemas["Choice"];
export type Plan = Schemas["Plan"];
export type SaidOf = Schemas["SaidOf"];
export type Agreement = Schemas["AgreementResponse"];

const of = (judge: string, what = "") => `/reviews/${encodeURIComponent(judge)}${what}`;
const item = (id: string, what = "") => `/reviews/items/${encodeURIComponent(id)}${what}`;
const said = (project: string, rater: string) => new URLSearchParams({ project, rater }).toString();

export const reviews = (project: string, rater: string) =>
  queryOptions({
    queryKey: ["/reviews", project, rater],
    queryFn: ({ signal }) => get<Schemas["ReviewsResponse"]>("/reviews", { project, rater }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
    retry: false,
  });
export const review = (project: string, judge: string, rater: string) =>
  queryOptions({
    queryKey: ["/reviews/judge", project, judge, rater],
    queryFn: ({ signal }) => get<Review>(of(judge), { project, rater }, signal),
    enabled: rater !== "",
    staleTime: 10_000,
    retry: false,
  });
export const queue = (project: string, judge: string, rater: string) =>
  queryOptions({
    queryKey: ["/reviews/queue", project, judge, rater],
    queryFn: ({ signal }) => get<Queue>(of(judge, "/queue"), { project, rater }, signal),
    enabled: rater !== "",
    staleTime: Number.POSITIVE_INFINITY,
    // an empty queue fills as more is judged; one with items is not shuffled under the rater's hands
    refetchInterval: (query) => (query.state.data?.items.length === 0 ? 3_000 : false),
    retry: false,
  });
export const answered = (id: string | null, rater: string) =>
  queryOptions({
    queryKey: ["/reviews/item", id, rater],
    queryFn: ({ signal }) => get<Answered>(item(id ?? ""), { rater }, signal),
    enabled: id !== null && rater !== "",
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
export const agreement = (judge: string, project: string) =>
  queryOptions({
    queryKey: ["/reviews/agreement", judge, project],
    queryFn: ({ signal }) => get<Agreement>(of(judge, "/agreement"), { project }, signal),
    staleTime: 10_000,
    retry: false,
  });

export const label = (id: string, body: { rater: string; label?: string; value?: number; explanation?: string }) =>
  post<Answered>(item(id, "/answer"), body);
export const skip = (id: string, rater: string) => post<Queue>(item(id, "/skip"), { rater });
export const undo = (id: string, rater: string) => post<Queue>(item(id, "/undo"), { rater });
export const draw = (project: string, judge: string, rater: string, labels: number) =>
  post<Schemas["DrawResponse"]>(`${of(judge, "/draw")}?${said(project, rater)}`, { labels });
export const changePlan = (project: string, judge: string, rater: string, plan: Plan) =>
  put<Review>(`${of(judge)}?${said(project, rater)}`, plan);
export const labelsFile = (project: string, judge: string, format: "csv" | "jsonl") =>
  address(of(judge, "/labels"), { project, format });
export const importLabels = (project: string, judge: string, file: File) =>
  post<Schemas["LabelsImported"]>(
    `${of(judge, "/labels")}?${new URLSearchParams({ project, format: file.name.endsWith(".csv") ? "csv" : "jsonl" })}`,
    file,
  );
