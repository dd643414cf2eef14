// Datasets: lists, items by version, and the ways to change them.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { get, type Json, post, put, remove, type Schemas } from "./client";

export type Dataset = Schemas["Dataset"];
export type DatasetVersion = Schemas["DatasetVersion"];
export type Item = Schemas["DatasetItem"];
export type Changed = Schemas["ChangeResponse"];

const at = (id: string) => `/datasets/${encodeURIComponent(id)}`;
const of = (project: string, path: string) => `${path}?project=${encodeURIComponent(project)}`;

export const datasets = (project: string) =>
  queryOptions({
    queryKey: ["/datasets", project],
    queryFn: ({ signal }) => get<Schemas["DatasetsResponse"]>("/datasets", { project }, signal),
    retry: false,
  });

export const dataset = (project: string, id: string) =>
  queryOptions({
    queryKey: ["/datasets", project, id],
    queryFn: ({ signal }) => get<Dataset>(at(id), { project }, signal),
    retry: false,
  });

export const versions = (project: string, id: string) =>
  queryOptions({
    queryKey: ["/datasets", project, id, "versions"],
    queryFn: ({ signal }) => get<Schemas["VersionsResponse"]>(`${at(id)}/versions`, { project }, signal),
    retry: false,
  });

export const items = (project: string, id: string, version: number | undefined) =>
  infiniteQueryOptions({
    queryKey: ["/datasets", project, id, "items", version ?? null],
    queryFn: ({ pageParam, signal }) =>
      get<Schemas["ItemPage"]>(`${at(id)}/items`, { project, version, after: pageParam, limit: 100 }, signal),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next_after ?? undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });

export const createDataset = (project: string, name: string, description: string) =>
  post<Dataset>(of(project, "/datasets"), { name, description });
export const renameDataset = (project: string, id: string, name: string, description: string) =>
  put<Dataset>(of(project, at(id)), { name, description });
export const deleteDataset = (project: string, id: string) => remove(of(project, at(id)));

export type ItemDraft = { id?: string; input: Json; expected?: Json; context?: Json; metadata?: Record<string, Json> };

export const putItems = (project: string, id: string, changed: ItemDraft[], removed: string[] = []) =>
  post<Changed>(of(project, `${at(id)}/items`), { items: changed, remove: removed });

export type FromTraces = {
  trace_ids?: string[];
  filter?: string;
  from?: string;
  to?: string;
  most?: number;
  expected?: "nothing" | "output";
};

export const addTraces = (project: string, id: string, from: FromTraces) => post<Changed>(of(project, `${at(id)}/traces`), from);

export async function importFile(project: string, id: string, file: File): Promise<Changed> {
  const format = /\.csv$/i.test(file.name) ? "csv" : "jsonl";
  const said = new URLSearchParams({ project, format, file: file.name });
  return post<Changed>(`${at(id)}/import?${said}`, file);
}
