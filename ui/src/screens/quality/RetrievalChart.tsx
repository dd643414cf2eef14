// One measure of searches over time, a line a group, the first with its interval. A point leads to its traces.
import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { RelevanceAnswer, RetrievalAnswer } from "../../api/retrieval";
import { Chart, tip, token } from "../../kit/Chart";
import { edgesOf } from "../../kit/window";
import { groupName, widthMs } from "../../parts/asked";
import { frameOf, tipStyle } from "../../parts/chartFrame";
import { clock, count, percent } from "../../parts/format";
import { colourOf, keyOf } from "../../parts/series";
import { useAsked } from "../../parts/useAsked";
import { number } from "../datasets/words";
import type { Shown } from "./Retrieval";

type Props = {
  answer: RetrievalAnswer;
  judged: RelevanceAnswer | undefined;
  shown: Shown;
  onPick: (from: string, to: string, filter: string | null) => void;
};

type Point = { time: string; key: string; value: number | null; interval: [number, number] | null; n: number };

export function RetrievalChart({ answer, judged, shown, onPick }: Props) {
  const scheme = useComputedColorScheme("light");
  const { search } = useAsked();
  const ofRelevance = shown === "relevance" && judged !== undefined;
  const width = widthMs(ofRelevance ? judged.interval : answer.interval);
  const points = useMemo(() => pointsOf(answer, judged, shown), [answer, judged, shown]);
  const lines = useMemo(
    () =>
      answer.groups
        .map((group, rank) => ({
          name: groupName(group.group),
          filter: group.filter,
          colour: colourOf(rank),
          points: points.filter((point) => point.key === keyOf(group.group) && point.value !== null),
        }))
        .filter((line) => line.points.length > 0),
    [answer, points],
  );
  const option = useMemo(() => {
    const at = (point: Point) => new Date(point.time).getTime() + width / 2;
    const said = (value: number | null) => (shown === "empty" ? percent(value) : number(value));
    const times = points.map(at);
    const edges: [number, number] =
      search.range === "all" && !search.from && times.length
        ? [Math.min(...times) - width, Math.max(...times) + width]
        : edgesOf(search);
    const frame = frameOf([edges[0], Math.max(edges[1], ...times.map((time) => time + width / 2))], said);
    return {
      scheme,
      animation: false,
      ...frame,
      brush: undefined,
      yAxis: { ...frame.yAxis, ...(shown === "empty" ? { min: 0 } : { scale: true, ...reachOf(points) }) },
      tooltip: {
        trigger: "axis",
        ...tipStyle(),
        formatter: (items: { value: [number, number] }[]) => {
          const time = items[0]?.value[0];
          const there = lines.flatMap((line) =>
            line.points.filter((point) => at(point) === time).map((point) => ({ line, point })),
          );
          return tip(
            there[0] ? clock(there[0].point.time) : "",
            there.map(({ line, point }) => [
              line.name,
              `${said(point.value)}${point.interval ? ` (${said(point.interval[0])} to ${said(point.interval[1])})` : ""}, ${count(point.n)}`,
              token(line.colour),
            ]),
          );
        },
      },
      series: [
        ...lines.map((line) => ({
          type: "line",
          color: token(line.colour),
          symbol: "circle",
          symbolSize: 6,
          cursor: "pointer",
          lineStyle: { width: 1.8 },
          data: line.points.map((point) => [at(point), point.value]),
        })),
        ...lines.map((line) => ({
          type: "custom",
          silent: true,
          color: token(line.colour),
          data: line.points
            .filter((point) => point.interval)
            .map((point) => [at(point), point.interval?.[0], point.interval?.[1]]),
          renderItem: (
            _: unknown,
            api: { value: (i: number) => number; coord: (at: number[]) => number[]; visual: (of: string) => string },
          ) => {
            const [x, low] = api.coord([api.value(0), api.value(1)]) as [number, number];
            const [, high] = api.coord([api.value(0), api.value(2)]) as [number, number];
            return {
              type: "line",
              shape: { x1: x, y1: low, x2: x, y2: high },
              style: { stroke: token(line.colour), lineWidth: 4, opacity: 0.25 },
            };
          },
        })),
      ],
    };
  }, [lines, points, search, scheme, shown, width]);
  const pick = (index: number, which: number) => {
    const line = lines[index];
    const point = line?.points[which];
    if (!line || !point) return;
    const from = new Date(point.time).getTime();
    onPick(new Date(from).toISOString(), new Date(from + width).toISOString(), line.filter);
  };
  return <Chart option={option} height={220} label="Searches over time" onPick={pick} />;
}

/** As far as the intervals reach. */
function reachOf(points: readonly Point[]): { min?: number; max?: number } {
  const ends = points.flatMap((point) => [...(point.interval ?? []), ...(point.value === null ? [] : [point.value])]);
  if (!ends.length) return {};
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const step = 10 ** Math.floor(Math.log10(Math.max(high - low, 1e-9)));
  return { min: Math.floor(low / step) * step, max: Math.ceil(high / step) * step };
}

function pointsOf(answer: RetrievalAnswer, judged: RelevanceAnswer | undefined, shown: Shown): Point[] {
  if (shown === "relevance" && judged)
    return judged.series.map((point) => ({
      time: point.time,
      key: keyOf(point.group),
      value: point.ndcg.value,
      interval: point.ndcg.interval,
      n: point.retrievals,
    }));
  return answer.series.map((point) => {
    const of =
      shown === "empty"
        ? { value: point.empty.share, interval: point.empty.interval }
        : shown === "gap"
          ? point.gap
          : point.top_score;
    return { time: point.time, key: keyOf(point.group), value: of.value, interval: of.interval, n: point.retrievals };
  });
}
