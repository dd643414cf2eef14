// What charts over time have in common.
import { token } from "../kit/Chart";

/** A window's edges, as far as the last bar goes. */
export function withLastBar(edges: [number, number], points: readonly { time: string }[], width: number): [number, number] {
  return [edges[0], points.reduce((end, point) => Math.max(end, new Date(point.time).getTime() + width), edges[1])];
}

/** Axes over a window of time that can be brushed. */
export function frameOf(edges: [number, number], label: (n: number) => string) {
  const [ink, line] = ["--ink-3", "--line"].map(token);
  return {
    grid: { left: 62, right: 20, top: 12, bottom: 24 },
    brush: { xAxisIndex: 0, transformable: false, throttleType: "debounce" },
    toolbox: { show: false },
    xAxis: {
      type: "time",
      min: edges[0],
      max: edges[1],
      containShape: false, // the axis is the window, however wide a bar
      axisLine: { lineStyle: { color: line } },
      axisLabel: { color: ink, fontSize: 11, hideOverlap: true },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      splitNumber: 3,
      axisLabel: { color: ink, fontSize: 11, formatter: label },
      splitLine: { lineStyle: { color: line } },
    },
  };
}

export function tipStyle() {
  const [panel, edge, ink] = ["--panel", "--line-strong", "--ink"].map(token);
  return { backgroundColor: panel, borderColor: edge, textStyle: { color: ink, fontSize: 12 }, confine: true };
}
