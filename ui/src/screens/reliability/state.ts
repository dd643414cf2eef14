// What the screens of Reliability read from their URL and how they change it.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { type Marker, markers } from "../../api/markers";
import { edgesOf } from "../../kit/window";
import { askedOf } from "../economics/url";
import type { ReliabilitySearch } from "./url";

const route = getRouteApi("/reliability/$tab");

export function useReliability() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const asked = useMemo(() => askedOf(search), [search]);
  /** Say something else in the URL; what is undefined leaves it. */
  const change = useCallback(
    (next: { [Name in keyof ReliabilitySearch]?: ReliabilitySearch[Name] | undefined }, replace = false) =>
      navigate({ to: ".", search: (was) => ({ ...was, ...next }) as never, replace }),
    [navigate],
  );
  return { search, asked, project: asked.project, change, navigate };
}

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
