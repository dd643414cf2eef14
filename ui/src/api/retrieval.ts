// What the tab of retrieval asks.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Asked, get, type Params, type Schemas } from "./client";

export type RetrievalAnswer = Schemas["RetrievalResponse"];
export type RetrievalGroup = Schemas["RetrievalGroup"];
export type Mean = Schemas["Mean"];
export type DocumentsAnswer = Schemas["DocumentsResponse"];
export type FoundDocument = Schemas["FoundDocument"];
export type DriftAnswer = Schemas["DriftResponse"];
export type RelevanceAnswer = Schemas["RelevanceResponse"];
export type RelevanceScore = Schemas["RelevanceScore"];

const asking = <T>(path: string, params: Params, enabled = true) =>
  queryOptions({
    queryKey: [path, params],
    queryFn: ({ signal }) => get<T>(path, params, signal),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    retry: false,
    enabled,
  });

type Kind = { kind: "retrieval" | "rerank" };

export const levels = (q: Asked & Kind & { group_by: string[] }) => asking<RetrievalAnswer>("/retrieval", q);
export const documents = (q: Asked & Kind) => asking<DocumentsAnswer>("/retrieval/documents", q);
export const drift = (q: Asked & Kind, enabled: boolean) => asking<DriftAnswer>("/retrieval/drift", q, enabled);
export const relevanceScores = (q: Asked) => asking<Schemas["RelevanceScores"]>("/retrieval/scores", q);
export const relevance = (q: Asked & Kind & { group_by: string[]; name: string; k: number }, enabled: boolean) =>
  asking<RelevanceAnswer>("/retrieval/relevance", q, enabled);
