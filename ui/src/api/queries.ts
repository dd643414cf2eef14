// What screens ask, as TanStack Query options: a key that is the whole question, and how to get its answer.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { get, post, type Schemas, type SpanDetail, type TraceDetail } from "./client";

export type ListQuestion = { project: string; filter: string; from?: string | undefined; to?: string | undefined };

export const traces = (q: ListQuestion) =>
  infiniteQueryOptions({
    queryKey: ["traces", q],
    queryFn: ({ pageParam, signal }) =>
      get<Schemas["TracePage"]>("/traces", { ...q, limit: 100, cursor: pageParam || undefined }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Rows of one poll for what is new. */
export const POLLED = 100;

export const newestTraces = (q: ListQuestion, live: boolean) =>
  queryOptions({
    queryKey: ["newest", q],
    queryFn: ({ signal }) => get<Schemas["TracePage"]>("/traces", { ...q, limit: POLLED }, signal),
    refetchInterval: live ? 2000 : false,
    enabled: live,
    retry: false,
  });

export const volume = (q: ListQuestion, interval: string, live: boolean) =>
  queryOptions({
    queryKey: ["volume", q, interval],
    queryFn: ({ signal }) =>
      post<Schemas["QueryResponse"]>(
        "/query",
        { ...q, of: "spans", filter: rootsOnly(q.filter), measures: ["count", "error_rate", "p95(duration_ms)"], interval },
        signal,
      ),
    refetchInterval: live ? 10_000 : false,
    placeholderData: keepPreviousData,
    retry: false,
  });

const rootsOnly = (filter: string) => (filter.trim() ? `parent_span_id is null and (${filter})` : "parent_span_id is null");

export const trace = (project: string, id: string) =>
  queryOptions({
    queryKey: ["trace", project, id],
    queryFn: ({ signal }) => get<TraceDetail>(`/traces/${encodeURIComponent(id)}`, { project }, signal),
    refetchInterval: (query) => (query.state.data && !query.state.data.settled ? 2000 : false),
    retry: false,
  });

export const span = (project: string, traceId: string, spanId: string, wanted: boolean) =>
  queryOptions({
    queryKey: ["span", project, traceId, spanId],
    queryFn: ({ signal }) =>
      get<SpanDetail>(`/spans/${encodeURIComponent(traceId)}/${encodeURIComponent(spanId)}`, { project }, signal),
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const facts = queryOptions({
  queryKey: ["facts"],
  queryFn: ({ signal }) => get<Schemas["FactsResponse"]>("/facts", {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
});

export const attributeKeys = (project: string) =>
  queryOptions({
    queryKey: ["attributes", project],
    queryFn: ({ signal }) => get<Schemas["AttributeKeys"]>("/attributes", { project, limit: 200 }, signal),
    staleTime: 60_000,
  });

export const values = (project: string, fact: string | null) =>
  queryOptions({
    queryKey: ["values", project, fact],
    queryFn: ({ signal }) =>
      get<Schemas["ValuesResponse"]>(`/facts/${encodeURIComponent(fact ?? "")}/values`, { project, limit: 50 }, signal),
    enabled: fact !== null,
    staleTime: 30_000,
    retry: false,
  });

export const projects = queryOptions({
  queryKey: ["projects"],
  queryFn: ({ signal }) => get<Schemas["ProjectsResponse"]>("/projects", {}, signal),
  staleTime: 15_000,
});

export const ledger = (project: string) =>
  queryOptions({
    queryKey: ["ledger", project],
    queryFn: ({ signal }) => get<Schemas["LedgerResponse"]>("/ledger", { project }, signal),
    refetchInterval: 5000,
  });
