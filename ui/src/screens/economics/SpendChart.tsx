// Spend over time, a bar's colours its groups: drag to choose a window, click a bar for its traces.
import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { SpendAnswer } from "../../api/economics";
import { Chart, tip, token } from "../../kit/Chart";
import { groupName, widthMs } from "../../parts/asked";
import { frameOf, tipStyle, withLastBar } from "../../parts/chartFrame";
import { clock, usd } from "../../parts/format";
import { colourOf, keyOf, seriesOf } from "../../parts/series";

type Props = {
  answer: SpendAnswer;
  edges: [number, number];
  onBrush: (from: number, to: number) => void;
  onPick: (from: string, to: string, filter: string | null) => void;
};

export function SpendChart({ answer, edges, onBrush, onPick }: Props) {
  const scheme = useComputedColorScheme("light");
  const width = widthMs(answer.interval);
  const series = useMemo(() => seriesOf(answer.series, answer.groups), [answer]);
  const option = useMemo(() => {
    const at = (time: string) => new Date(time).getTime() + width / 2;
    const colours = series.map((one) => token(colourOf(one.rank)));
    return {
      scheme,
      animation: false,
      ...frameOf(withLastBar(edges, answer.series, width), axisUsd),
      tooltip: {
        trigger: "axis",
        ...tipStyle(),
        formatter: (items: { seriesIndex: number; dataIndex: number }[]) => {
          const said = items.flatMap(({ seriesIndex, dataIndex }) => {
            const one = series[seriesIndex];
            const point = one?.points[dataIndex];
            return one && point ? [{ one, point, colour: colours[seriesIndex] ?? "" }] : [];
          });
          said.sort((a, b) => (b.point.cost_usd ?? 0) - (a.point.cost_usd ?? 0));
          const title = said[0] ? clock(said[0].point.time) : "";
          return tip(
            title,
            said.slice(0, 10).map(({ one, point, colour }) => [groupName(one.group), usd(point.cost_usd), colour] as const),
          );
        },
      },
      series: series.map((one, index) => ({
        type: "bar",
        stack: "spend",
        color: colours[index],
        barMaxWidth: 44,
        cursor: "pointer",
        data: one.points.map((point) => [at(point.time), point.cost_usd]),
      })),
    };
  }, [series, answer, edges, scheme, width]);
  const pick = (index: number, which: number) => {
    const one = series[index];
    const point = one?.points[which];
    if (!one || !point) return;
    const from = new Date(point.time).getTime();
    const filter = answer.groups.find((row) => keyOf(row.group) === one.key)?.filter ?? null;
    onPick(new Date(from).toISOString(), new Date(from + width).toISOString(), filter);
  };
  return <Chart option={option} height={250} label="Spend over time" onBrush={onBrush} onPick={pick} />;
}

/** Money at an axis: without the zeros that say nothing. */
export function axisUsd(n: number): string {
  return usd(n).replace(/\.0+$|(\.\d*[1-9])0+$/, "$1");
}
