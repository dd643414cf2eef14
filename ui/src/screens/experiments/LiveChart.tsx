// The difference of two arms over time with its band, around 0 and what matters.
import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { LiveResult } from "../../api/experiments";
import { Chart, tip, token } from "../../kit/Chart";
import { frameOf, tipStyle } from "../../parts/chartFrame";
import { clock, count } from "../../parts/format";
import { number } from "../datasets/words";

export function LiveChart({ answer }: { answer: LiveResult }) {
  const scheme = useComputedColorScheme("light");
  const option = useMemo(() => {
    const at = (time: string) => new Date(time).getTime();
    const points = answer.series.filter((look) => look.low !== null && look.high !== null && look.value !== null);
    const edges: [number, number] = [at(answer.from), Math.max(at(answer.to), ...answer.series.map((look) => at(look.time)))];
    const smallest = answer.test.smallest_effect;
    // the first looks are as wide as can be: the last ones decide what is seen
    const later = points.slice(Math.floor(points.length / 4));
    const reach = Math.max(smallest * 2, ...later.flatMap((look) => [Math.abs(look.low ?? 0), Math.abs(look.high ?? 0)])) * 1.1;
    const frame = frameOf(edges, (n) => number(n));
    const accent = token("--accent");
    const cut = (value: number) => Math.max(-reach, Math.min(reach, value));
    const line = { type: "line", symbol: "none", silent: true };
    return {
      scheme,
      animation: false,
      ...frame,
      brush: undefined,
      yAxis: {
        ...frame.yAxis,
        min: -reach,
        max: reach,
        axisLabel: { ...frame.yAxis.axisLabel, showMinLabel: false, showMaxLabel: false },
      },
      tooltip: {
        trigger: "axis",
        ...tipStyle(),
        formatter: (items: { dataIndex: number }[]) => {
          const look = points[items[0]?.dataIndex ?? 0];
          if (!look) return "";
          return tip(clock(look.time), [
            ["difference", number(look.value), accent],
            ["interval", `${number(look.low)} to ${number(look.high)}`],
            ["units", count(look.units)],
          ]);
        },
      },
      series: [
        {
          type: "line",
          symbol: "circle",
          symbolSize: 4,
          color: accent,
          lineStyle: { width: 2 },
          data: points.map((look) => [at(look.time), cut(look.value ?? 0)]),
          markLine: {
            silent: true,
            symbol: ["none", "none"],
            animation: false,
            label: { show: false },
            data: [
              { yAxis: 0, lineStyle: { color: token("--ink-3"), type: "solid", width: 1 } },
              { yAxis: smallest, lineStyle: { color: token("--warn"), type: "dashed", width: 1 } },
              { yAxis: -smallest, lineStyle: { color: token("--warn"), type: "dashed", width: 1 } },
            ],
          },
        },
        {
          ...line,
          stack: "band",
          stackStrategy: "all",
          lineStyle: { opacity: 0 },
          data: points.map((look) => [at(look.time), cut(look.low ?? 0)]),
        },
        {
          ...line,
          stack: "band",
          stackStrategy: "all",
          lineStyle: { opacity: 0 },
          areaStyle: { color: accent, opacity: 0.16 },
          data: points.map((look) => [at(look.time), cut(look.high ?? 0) - cut(look.low ?? 0)]),
        },
      ],
    };
  }, [answer, scheme]);
  return <Chart option={option} height={260} label="The difference over time with its interval" />;
}
