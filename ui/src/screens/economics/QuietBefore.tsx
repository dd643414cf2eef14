// A chart's axis begins where its window does, or where the traffic does: then it says so.
import { useMemo } from "react";
import { edgesOf } from "../../kit/window";
import { widthMs } from "../../parts/asked";
import { minute } from "../../parts/format";
import { type Span, spanOf } from "../../parts/series";
import { useEconomics } from "./state";

/** The axis of a chart of these points in the window that is looked at. */
export function useSpan(points: readonly { time: string }[], interval: string): Span {
  const { search } = useEconomics();
  return useMemo(() => {
    const times = points.map((point) => new Date(point.time).getTime());
    const window = search.range !== "all" || search.from ? edgesOf(search) : ([Math.min(...times), Math.max(...times)] as const);
    return spanOf(window, times, widthMs(interval));
  }, [search, points, interval]);
}

export function QuietBefore({ until }: { until: number | null }) {
  const { search, change } = useEconomics();
  if (until === null) return null;
  const from = new Date(until).toISOString();
  return (
    <p className="legend quiet muted">
      No traffic before {minute(from)}.
      <button type="button" className="more" onClick={() => change({ from, to: search.to, range: undefined })}>
        Begin there
      </button>
    </p>
  );
}
