// What happened when: deploys that were seen, and what people posted.
import { queryOptions } from "@tanstack/react-query";
import { get, type Schemas } from "./client";

export type Marker = Schemas["Marker"];

export const markers = (q: { project: string; from?: string; to?: string }) =>
  queryOptions({
    queryKey: ["/markers", q],
    queryFn: ({ signal }) => get<Schemas["MarkersResponse"]>("/markers", q, signal),
    staleTime: 60_000,
    retry: false,
  });
