// What the screens of Latency read from their URL and how they change it.
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { askedOf, type LatencySearch } from "./url";

const route = getRouteApi("/latency/$tab");

export function useLatency() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const asked = useMemo(() => askedOf(search), [search]);
  /** Say something else in the URL; what is undefined leaves it. */
  const change = useCallback(
    (next: { [Name in keyof LatencySearch]?: LatencySearch[Name] | undefined }, replace = false) =>
      navigate({ to: ".", search: (was) => ({ ...was, ...next }) as never, replace }),
    [navigate],
  );
  return { search, asked, project: asked.project, change, navigate };
}
