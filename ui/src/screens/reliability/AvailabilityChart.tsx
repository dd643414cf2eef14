// Availability over time, a line a model; where the calls are few the point is open. Drag for the failures behind a region.
import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { Marker } from "../../api/markers";
import type { AvailabilityAnswer } from "../../api/reliability";
import { Chart, tip, token } from "../../kit/Chart";
import { widthMs } from "../../parts/asked";
import { frameOf, tipStyle, withLastBar } from "../../parts/chartFrame";
import { clock, count, percent } from "../../parts/format";
import { markSeries } from "../../parts/markers";
import { colourOf } from "../../parts/series";
import { nameOf } from "./Providers";

const LINES = 8;

type Props = {
  answer: AvailabilityAnswer;
  edges: [number, number];
  markers: readonly Marker[];
  onBrush: (from: number, to: number) => void;
};

export function AvailabilityChart({ answer, edges, markers, onBrush }: Props) {
  const scheme = useComputedColorScheme("light");
  const width = widthMs(answer.interval);
  const option = useMemo(() => {
    const lines = answer.models.slice(0, LINES).map((model, rank) => ({
      name: nameOf(model),
      colour: token(colourOf(rank)),
      points: answer.series.filter((point) => nameOf(point) === nameOf(model) && point.available.share !== null),
    }));
    const lowest = Math.min(1, ...lines.flatMap((line) => line.points.map((point) => point.available.share ?? 1)));
    const frame = frameOf(withLastBar(edges, answer.series, width), (share) => percent(share));
    return {
      scheme,
      animation: false,
      ...frame,
      yAxis: { ...frame.yAxis, min: lowest > 0.9 ? 0.9 : lowest > 0.5 ? 0.5 : 0, max: 1 },
      tooltip: {
        trigger: "axis",
        ...tipStyle(),
        formatter: (items: { seriesIndex: number; dataIndex: number }[]) => {
          const said = items.flatMap(({ seriesIndex, dataIndex }) => {
            const line = lines[seriesIndex];
            const point = line?.points[dataIndex];
            return line && point ? [{ line, point }] : [];
          });
          return tip(
            said[0] ? clock(said[0].point.time) : "",
            said.map(
              ({ line, point }) =>
                [line.name, `${percent(point.available.share)} of ${count(point.available.n)}`, line.colour] as const,
            ),
          );
        },
      },
      series: [
        ...lines.map((line) => ({
          type: "line",
          color: line.colour,
          lineStyle: { width: 1.5 },
          symbol: "circle",
          symbolSize: 6,
          data: line.points.map((point) => ({
            value: [new Date(point.time).getTime() + width / 2, point.available.share],
            ...(!point.available.enough && {
              itemStyle: { color: token("--panel"), borderColor: line.colour, borderWidth: 1.5 },
            }),
          })),
        })),
        ...markSeries(markers, edges),
      ],
    };
  }, [answer, edges, markers, scheme, width]);
  return <Chart option={option} height={220} label="Availability over time" onBrush={onBrush} />;
}
