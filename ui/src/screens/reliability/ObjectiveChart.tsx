// What was left of an error budget over its window: it falls where something bad happened. Drag for the traces of a region.
import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { SloStatus } from "../../api/reliability";
import { Chart, tip, token } from "../../kit/Chart";
import { frameOf, tipStyle } from "../../parts/chartFrame";
import { clock, count, percent } from "../../parts/format";

type Props = { status: SloStatus; onBrush: (from: string, to: string) => void };

export function ObjectiveChart({ status, onBrush }: Props) {
  const scheme = useComputedColorScheme("light");
  const option = useMemo(() => {
    const points = status.series;
    const edges: [number, number] = [new Date(status.window.from ?? 0).getTime(), new Date(status.window.to ?? 0).getTime()];
    const [line, zero] = ["--accent", "--bad"].map(token);
    const frame = frameOf(edges, (share) => percent(share));
    const last = points.at(-1)?.left_share ?? 1;
    return {
      scheme,
      animation: false,
      ...frame,
      grid: { ...frame.grid, top: 8 },
      yAxis: { ...frame.yAxis, min: Math.min(0, Math.floor(last * 4) / 4), max: 1, splitNumber: 2 },
      tooltip: {
        trigger: "axis",
        ...tipStyle(),
        formatter: (items: { dataIndex: number }[]) => {
          const point = points[items[0]?.dataIndex ?? -1];
          if (!point) return "";
          return tip(clock(point.time), [
            ["left", percent(point.left_share), line ?? ""],
            ["good", percent(point.share)],
            ["bad", count(point.bad)],
          ]);
        },
      },
      series: [
        {
          type: "line",
          step: "end",
          color: line,
          symbol: "none",
          lineStyle: { width: 2 },
          areaStyle: { opacity: 0.12 },
          data: points.map((point) => [point.time, point.left_share]),
        },
        {
          type: "line",
          silent: true,
          symbol: "none",
          color: zero,
          lineStyle: { width: 1, type: "dashed" },
          data: edges.map((at) => [at, 0]),
        },
      ],
    };
  }, [status, scheme]);
  return (
    <Chart
      option={option}
      height={130}
      label={`Error budget of ${status.slo.name} over time`}
      onBrush={(from, to) => onBrush(new Date(from).toISOString(), new Date(to).toISOString())}
    />
  );
}
