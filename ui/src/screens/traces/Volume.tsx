// Requests over time with their share of errors and P95: drag to choose a window.
import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import { Chart, token } from "../../kit/Chart";
import { count, duration } from "../../parts/format";

type Props = { rows: Record<string, unknown>[]; edges: [number, number]; onBrush: (from: number, to: number) => void };

const COLOURS = ["--ink-3", "--line", "--accent", "--bad", "--k-llm", "--panel", "--line-strong", "--ink"];

export function Volume({ rows, edges, onBrush }: Props) {
  const scheme = useComputedColorScheme("light");
  const option = useMemo(() => {
    const points = rows.map((row) => ({
      at: new Date(String(row.time)).getTime(),
      n: Number(row.count),
      errors: Number(row.count) * Number(row.error_rate ?? 0),
      p95: row["p95(duration_ms)"] === null ? null : Number(row["p95(duration_ms)"]),
    }));
    const [ink, line, accent, bad, p95, panel, edge, said] = COLOURS.map(token);
    return {
      scheme,
      animation: false,
      grid: { left: 52, right: 62, top: 10, bottom: 22 },
      brush: { xAxisIndex: 0, transformable: false, throttleType: "debounce" },
      toolbox: { show: false },
      tooltip: {
        trigger: "axis",
        backgroundColor: panel,
        borderColor: edge,
        textStyle: { color: said, fontSize: 12 },
        formatter: (items: { dataIndex: number }[]) => {
          const p = points[items[0]?.dataIndex ?? 0];
          if (!p) return "";
          return `${new Date(p.at).toLocaleString()}<br>${count(p.n)} requests, ${count(Math.round(p.errors))} failed<br>P95 ${duration(p.p95 === null ? null : p.p95 * 1e6)}`;
        },
      },
      xAxis: {
        type: "time",
        min: edges[0],
        max: edges[1],
        containShape: false, // the axis is the window, however wide a bar
        axisLine: { lineStyle: { color: line } },
        axisLabel: { color: ink, fontSize: 11 },
        splitLine: { show: false },
      },
      yAxis: [
        {
          type: "value",
          minInterval: 1,
          splitNumber: 2,
          axisLabel: { color: ink, fontSize: 11 },
          splitLine: { lineStyle: { color: line } },
        },
        {
          type: "value",
          splitNumber: 2,
          axisLabel: { color: p95, fontSize: 11, formatter: (ms: number) => (ms === 0 ? "0" : duration(ms * 1e6)) },
          splitLine: { show: false },
        },
      ],
      series: [
        { type: "bar", stack: "n", color: accent, data: points.map((p) => [p.at, p.n - p.errors]), barMaxWidth: 14 },
        { type: "bar", stack: "n", color: bad, data: points.map((p) => [p.at, p.errors]), barMaxWidth: 14 },
        {
          type: "line",
          yAxisIndex: 1,
          color: p95,
          symbol: "none",
          lineStyle: { width: 1.5 },
          data: points.map((p) => [p.at, p.p95]),
        },
      ],
    };
  }, [rows, edges, scheme]);
  return (
    <div style={{ borderBottom: "1px solid var(--line)", background: "var(--panel)" }}>
      <Chart option={option} height={104} label="Requests, failures and P95 over time" onBrush={onBrush} />
    </div>
  );
}
