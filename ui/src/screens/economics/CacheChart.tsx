// Hit rates over time with what they saved: drag to choose a window, click for the traces of a moment.
import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { CacheAnswer } from "../../api/economics";
import { Chart, tip, token } from "../../kit/Chart";
import { widthMs } from "../../parts/asked";
import { frameOf, tipStyle, withLastBar } from "../../parts/chartFrame";
import { clock, percent, usd } from "../../parts/format";
import { axisUsd } from "./SpendChart";

type Props = {
  answer: CacheAnswer;
  edges: [number, number];
  onBrush: (from: number, to: number) => void;
  onPick: (from: string, to: string) => void;
};

export function CacheChart({ answer, edges, onBrush, onPick }: Props) {
  const scheme = useComputedColorScheme("light");
  const { series: points, interval } = answer;
  const width = widthMs(interval);
  const option = useMemo(() => {
    const [byTokens, byCalls, saved, ink] = ["--part-read", "--part-input", "--line-strong", "--ink-3"].map(token);
    const at = (time: string) => new Date(time).getTime() + width / 2;
    const frame = frameOf(withLastBar(edges, points, width), (share) => percent(share));
    const line = { type: "line", symbolSize: 5, lineStyle: { width: 2 } };
    return {
      scheme,
      animation: false,
      ...frame,
      grid: { ...frame.grid, right: 62 },
      yAxis: [
        { ...frame.yAxis, min: 0, max: 1, splitNumber: 2 },
        {
          ...frame.yAxis,
          axisLabel: { color: ink, fontSize: 11, formatter: axisUsd },
          splitLine: { show: false },
          splitNumber: 2,
        },
      ],
      tooltip: {
        trigger: "axis",
        ...tipStyle(),
        formatter: (items: { dataIndex: number }[]) => {
          const point = points[items[0]?.dataIndex ?? 0];
          if (!point) return "";
          return tip(clock(point.time), [
            ["by tokens", percent(point.hit_rate_tokens), byTokens ?? ""],
            ["by calls", percent(point.hit_rate_requests), byCalls ?? ""],
            ["saved", usd(point.saved_usd), saved ?? ""],
          ]);
        },
      },
      series: [
        {
          type: "bar",
          yAxisIndex: 1,
          color: saved,
          barMaxWidth: 44,
          cursor: "pointer",
          data: points.map((point) => [at(point.time), point.saved_usd]),
        },
        { ...line, color: byTokens, data: points.map((point) => [at(point.time), point.hit_rate_tokens]) },
        { ...line, color: byCalls, data: points.map((point) => [at(point.time), point.hit_rate_requests]) },
      ],
    };
  }, [points, edges, scheme, width]);
  const pick = (_series: number, index: number) => {
    const from = new Date(points[index]?.time ?? 0).getTime();
    onPick(new Date(from).toISOString(), new Date(from + width).toISOString());
  };
  return (
    <div className="charted">
      <Chart option={option} height={160} label="Cache hit rates and savings over time" onBrush={onBrush} onPick={pick} />
      <p className="legend">
        <span>
          <i className="dot" style={{ background: "var(--part-read)" }} /> hit rate by tokens
        </span>
        <span>
          <i className="dot" style={{ background: "var(--part-input)" }} /> by calls
        </span>
        <span>
          <i className="dot" style={{ background: "var(--line-strong)" }} /> saved, on the right
        </span>
      </p>
    </div>
  );
}
