// Deploys, incidents and notes on a chart over time: a line at each moment, a band where something lasted.
import type { Marker } from "../api/markers";
import { token } from "../kit/Chart";

const COLOURS: Record<Marker["kind"], string> = { deploy: "--s6", incident: "--bad", change: "--s3", note: "--ink-3" };

/** A series without data that carries the marks; nothing where there are none. */
export function markSeries(markers: readonly Marker[], edges: [number, number]) {
  const at = (time: string) => new Date(time).getTime();
  const seen = markers.filter((m) => at(m.until ?? m.time) >= edges[0] && at(m.time) <= edges[1]);
  if (!seen.length) return [];
  const label = (m: Marker) => (m.name.length > 28 ? `${m.name.slice(0, 27)}…` : m.name);
  return [
    {
      type: "line",
      data: [],
      silent: true,
      markLine: {
        silent: true,
        symbol: ["none", "none"],
        animation: false,
        data: seen.map((m) => ({
          xAxis: at(m.time),
          lineStyle: { color: token(COLOURS[m.kind]), type: "dashed", width: 1 },
          label: {
            formatter: label(m),
            color: token(COLOURS[m.kind]),
            fontSize: 10,
            position: "insideEndTop",
            rotate: 90,
            distance: [2, -8],
          },
        })),
      },
      markArea: {
        silent: true,
        animation: false,
        data: seen
          .filter((m) => m.until !== null)
          .map((m) => [
            { xAxis: Math.max(at(m.time), edges[0]), itemStyle: { color: token(COLOURS[m.kind]), opacity: 0.08 } },
            { xAxis: Math.min(at(m.until ?? m.time), edges[1]) },
          ]),
      },
    },
  ];
}
