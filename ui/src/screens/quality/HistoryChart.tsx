// A judge's calibrations over time: agreement with its interval, and the border below which a judge is of no use.
import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { History } from "../../api/quality";
import { Chart, tip, token } from "../../kit/Chart";
import { frameOf, tipStyle } from "../../parts/chartFrame";
import { clock } from "../../parts/format";
import { coefficient } from "./Figures";

const BORDER = 0.4;

export function HistoryChart({ history }: { history: History }) {
  const scheme = useComputedColorScheme("light");
  const option = useMemo(() => {
    const kept = history.calibrations.filter((run) => run.agreement !== null && run.agreement.value !== null);
    const at = (made: string) => new Date(made).getTime();
    const times = kept.map((run) => at(run.made));
    const pad = Math.max(36e5, (Math.max(...times) - Math.min(...times)) / 20);
    const frame = frameOf([Math.min(...times) - pad, Math.max(...times) + pad], (n) => coefficient(n));
    const accent = token("--accent");
    return {
      scheme,
      animation: false,
      ...frame,
      brush: undefined,
      yAxis: { ...frame.yAxis, min: Math.min(0, ...kept.map((run) => run.agreement?.low ?? 0)), max: 1 },
      tooltip: {
        trigger: "axis",
        ...tipStyle(),
        formatter: (items: { dataIndex: number }[]) => {
          const run = kept[items[0]?.dataIndex ?? -1];
          if (!run) return tip("", []);
          return tip(clock(run.made), [
            [
              run.measure,
              `${coefficient(run.agreement?.value)} (${coefficient(run.agreement?.low)} to ${coefficient(run.agreement?.high)})`,
            ],
            ["verdict", run.verdict],
            ["version", run.version],
          ]);
        },
      },
      series: [
        {
          type: "line",
          stack: "band",
          symbol: "none",
          silent: true,
          lineStyle: { opacity: 0 },
          data: kept.map((run) => [at(run.made), run.agreement?.low]),
        },
        {
          type: "line",
          stack: "band",
          symbol: "none",
          silent: true,
          lineStyle: { opacity: 0 },
          areaStyle: { color: accent, opacity: 0.16 },
          data: kept.map((run) => [at(run.made), (run.agreement?.high ?? 0) - (run.agreement?.low ?? 0)]),
        },
        {
          type: "line",
          color: accent,
          symbol: "circle",
          symbolSize: 7,
          data: kept.map((run) => [at(run.made), run.agreement?.value]),
          markLine: {
            silent: true,
            symbol: "none",
            lineStyle: { color: token("--bad"), type: "dashed" },
            label: { formatter: "usable above", color: token("--ink-3"), position: "insideEndTop" },
            data: [{ yAxis: BORDER }],
          },
        },
      ],
    };
  }, [history, scheme]);
  return <Chart option={option} height={180} label="Agreement with people, by calibration" />;
}
