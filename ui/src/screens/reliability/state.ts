// What the screens of Reliability read from their URL and how they change it.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Marker, markers } from "../../api/markers";
import { edgesOf } from "../../kit/window";
import { useAsked } from "../../parts/useAsked";
import type { ReliabilitySearch } from "./url";

export const useReliability = () => useAsked<ReliabilitySearch>();

const NONE: readonly Marker[] = [];

/** What happened in the window of the screen. */
export function useMarkers(): readonly Marker[] {
  const { asked } = useReliability();
  const { project, from, to } = asked;
  return useQuery(markers({ project, ...(from && { from }), ...(to && { to }) })).data?.markers ?? NONE;
}

/** The window's ends in ms; over all time those of the points, or the last day. */
export function useEdges(points: readonly { time: string }[], moving: unknown): [number, number] {
  const { search } = useReliability();
  return useMemo(() => {
    if (search.range !== "all" || search.from || !points.length) return edgesOf(search);
    const times = points.map((point) => new Date(point.time).getTime());
    return [Math.min(...times), Math.max(...times)];
  }, [search, points, moving]);
}
