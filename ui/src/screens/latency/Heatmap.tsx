// Latency over time on a logarithmic scale: how many in each cell, percentile lines above them, the distribution beside them. Drag a
// region, or click a bar, for the traces behind it.
import { useComputedColorScheme } from "@mantine/core";
import type { CustomSeriesRenderItem } from "echarts";
import { useMemo } from "react";
import { type HeatmapAnswer, LEVELS } from "../../api/latency";
import { Chart, tip, token } from "../../kit/Chart";
import { widthMs } from "../../parts/asked";
import { tipStyle, withLastBar } from "../../parts/chartFrame";
import { clock, count } from "../../parts/format";
import { valued } from "./Figures";

type Props = {
  answer: HeatmapAnswer;
  edges: [number, number];
  title: string;
  onRegion: (from: number, to: number, low: number, high: number) => void;
  onBin: (low: number, high: number) => void;
};

const LINES = { p50: "--ink", p95: "--s3", p99: "--s7" } as const;
type Line = keyof typeof LINES;

/** A rectangle between two corners in pixels, less `gap`. */
function box(from: number[], to: number[], [right, bottom]: [number, number], style: { fill: string; opacity: number }) {
  const [left = 0, top = 0] = from;
  const [x = 0, y = 0] = to;
  const shape = { x: left, y: top, width: Math.max(1, x - left - right), height: Math.max(1, y - top - bottom) };
  return { type: "rect" as const, z2: 1, shape, style };
}

export function Heatmap({ answer, edges, title, onRegion, onBin }: Props) {
  const scheme = useComputedColorScheme("light");
  const said = valued(answer.unit);
  const bins = useMemo(() => answer.distribution.filter((bin) => bin.low > 0), [answer]);
  const option = useMemo(() => {
    const width = widthMs(answer.interval);
    const [ink, line, accent = ""] = ["--ink-3", "--line", "--accent"].map(token);
    const cells = answer.cells.filter((cell) => cell.low > 0);
    const most = Math.max(1, ...cells.map((cell) => cell.n));
    const many = Math.max(1, ...bins.map((bin) => bin.n));
    const lowest = Math.min(...bins.map((bin) => bin.low));
    const highest = Math.max(...bins.map((bin) => bin.high));
    const [first, last] = withLastBar(edges, answer.lines, width);
    const scale = {
      type: "log",
      min: lowest,
      max: highest,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: line } },
    };
    return {
      scheme,
      animation: false,
      grid: [
        { left: 66, right: 190, top: 12, bottom: 24 },
        { right: 16, width: 150, top: 12, bottom: 24 },
      ],
      brush: { xAxisIndex: 0, yAxisIndex: 0, seriesIndex: [], transformable: false, throttleType: "debounce" },
      toolbox: { show: false },
      xAxis: [
        {
          type: "time",
          min: first,
          max: last,
          axisLine: { lineStyle: { color: line } },
          axisLabel: { color: ink, fontSize: 11, hideOverlap: true },
          splitLine: { show: false },
        },
        { gridIndex: 1, type: "value", max: many, show: false },
      ],
      yAxis: [
        { ...scale, axisLabel: { color: ink, fontSize: 11, formatter: (n: number) => said(n) } },
        { ...scale, gridIndex: 1, axisLabel: { show: false }, splitLine: { show: false } },
      ],
      tooltip: {
        trigger: "item",
        ...tipStyle(),
        formatter: ({ seriesId, dataIndex }: { seriesId?: string; dataIndex: number }) => {
          if (seriesId === "cells") {
            const cell = cells[dataIndex];
            if (!cell) return "";
            const line = answer.lines.find((one) => one.time === cell.time);
            return tip(clock(cell.time), [
              [`${said(cell.low)} – ${said(cell.high)}`, count(cell.n), accent],
              ...Object.entries(LINES).flatMap(([level, colour]) => {
                const name = level as Line;
                return line?.enough[name] ? [[level.toUpperCase(), said(line[name]), token(colour)] as const] : [];
              }),
            ]);
          }
          const bin = bins[dataIndex];
          return bin ? tip(`${said(bin.low)} – ${said(bin.high)}`, [["in all", count(bin.n), accent]]) : "";
        },
      },
      series: [
        {
          id: "cells",
          type: "custom",
          emphasis: { disabled: true },
          z: 2,
          zlevel: 0, // the library forgets its own default when a brush draws anew
          clip: true,
          data: cells.map((cell) => [new Date(cell.time).getTime(), cell.low, cell.high, cell.n]),
          encode: { x: 0, y: [1, 2] },
          renderItem: ((_, api) => {
            const at = Number(api.value(0));
            const [from, to] = [api.coord([at, api.value(2)]), api.coord([at + width, api.value(1)])];
            return box(from, to, [0.5, 0.5], { fill: accent, opacity: 0.12 + 0.8 * Math.sqrt(Number(api.value(3)) / most) });
          }) as CustomSeriesRenderItem,
        },
        ...Object.entries(LINES).map(([level, colour]) => ({
          id: level,
          name: level.toUpperCase(),
          type: "line",
          silent: true,
          showSymbol: true, // a point between two of too few has no line
          symbolSize: 3,
          color: token(colour),
          lineStyle: { width: 1.8 },
          data: answer.lines.map((one) => {
            const value = one.enough[level as Line] ? one[level as Line] : null;
            return [new Date(one.time).getTime() + width / 2, value && value > 0 ? value : null];
          }),
        })),
        {
          id: "bins",
          type: "custom",
          emphasis: { disabled: true },
          z: 2,
          zlevel: 0, // the library forgets its own default when a brush draws anew
          xAxisIndex: 1,
          yAxisIndex: 1,
          cursor: "pointer",
          data: bins.map((bin) => [bin.n, bin.low, bin.high]),
          encode: { x: 0, y: [1, 2] },
          renderItem: ((_, api) => {
            const [from, to] = [api.coord([0, api.value(2)]), api.coord([api.value(0), api.value(1)])];
            return box(from, to, [0, 1], { fill: accent, opacity: 0.75 });
          }) as CustomSeriesRenderItem,
        },
      ],
    };
  }, [answer, bins, edges, scheme, said]);
  const pick = (series: number, index: number) => {
    const bin = series === Object.keys(LINES).length + 1 ? bins[index] : undefined;
    if (bin) onBin(bin.low, bin.high);
  };
  return (
    <section className="charted" aria-label={title}>
      <div className="legend">
        {LEVELS.filter((level): level is Line => level in LINES).map((level) => (
          <span key={level}>
            <i className="dot" style={{ background: `var(${LINES[level]})` }} />
            {level.toUpperCase()}
            {!answer.lines.some((one) => one.enough[level]) && (
              <span className="muted" title="Too few in any piece of time: a wider interval has it">
                too few
              </span>
            )}
          </span>
        ))}
        <span className="muted">Drag a region for its traces; on the right, the whole window's distribution.</span>
      </div>
      <Chart option={option} height={300} label={title} onRegion={onRegion} onPick={pick} />
    </section>
  );
}
