// What was spent of a budget, day upon day, and where it will end: the forecast with its interval, against the amount.
import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { BudgetStatus } from "../../api/economics";
import { Chart, tip, token } from "../../kit/Chart";
import { frameOf, tipStyle } from "../../parts/chartFrame";
import { clock, usd } from "../../parts/format";
import { gapOf } from "../../parts/series";
import { axisUsd } from "./SpendChart";

type Props = { status: BudgetStatus; onPick: (from: string, to: string) => void };

export function BudgetChart({ status, onPick }: Props) {
  const scheme = useComputedColorScheme("light");
  const option = useMemo(() => {
    const { series: points, period, forecast_usd: forecast, forecast_interval: interval } = status;
    const from = new Date(period.from).getTime();
    const to = new Date(period.to).getTime();
    const [spent, ahead, limit, ink] = ["--accent", "--s2", "--bad", "--ink-3"].map(token);
    const { brush: _brush, toolbox: _toolbox, ...frame } = frameOf([from, to], axisUsd);
    const last = points.at(-1);
    const here: [number, number] = [last ? new Date(last.time).getTime() : from, last?.cumulative_usd ?? 0];
    const quiet = { type: "line", symbol: "none", silent: true };
    return {
      scheme,
      animation: false,
      ...frame,
      grid: { ...frame.grid, right: 12 },
      tooltip: {
        trigger: "item",
        ...tipStyle(),
        formatter: ({ dataIndex }: { dataIndex: number }) => {
          const point = points[dataIndex];
          if (!point) return "";
          return tip(clock(point.time), [
            ["so far", usd(point.cumulative_usd), spent ?? ""],
            ["here", usd(point.spent_usd)],
          ]);
        },
      },
      series: [
        {
          type: "line",
          color: spent,
          symbolSize: 5,
          cursor: "pointer",
          lineStyle: { width: 2 },
          areaStyle: { opacity: 0.12 },
          data: points.map((point) => [point.time, point.cumulative_usd]),
        },
        {
          ...quiet,
          color: limit,
          lineStyle: { width: 1.5, type: "dashed" },
          data: [
            [from, status.budget.amount_usd],
            [to, status.budget.amount_usd],
          ],
        },
        ...(forecast === null
          ? []
          : [
              { ...quiet, color: ahead, lineStyle: { width: 1.5, type: "dotted" }, data: [here, [to, forecast]] },
              ...(interval
                ? [
                    { ...quiet, stack: "interval", lineStyle: { opacity: 0 }, color: ink, data: [here, [to, interval[0]]] },
                    {
                      ...quiet,
                      stack: "interval",
                      lineStyle: { opacity: 0 },
                      color: ahead,
                      areaStyle: { opacity: 0.2 },
                      data: [
                        [here[0], 0],
                        [to, interval[1] - interval[0]],
                      ],
                    },
                  ]
                : []),
            ]),
      ],
    };
  }, [status, scheme]);
  const pick = (series: number, index: number) => {
    if (series !== 0) return;
    const times = status.series.map((point) => new Date(point.time).getTime());
    const from = times[index] as number;
    onPick(new Date(from).toISOString(), new Date(from + gapOf(times)).toISOString());
  };
  return <Chart option={option} height={150} label={`${status.budget.name}: spent so far and forecast`} onPick={pick} />;
}
