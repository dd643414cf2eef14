// A score over time: a judge's corrected with its interval as a band, raw beside it; groups as lines. A point leads to its traces.
import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { Interval, QualityPoint, TrendAnswer } from "../../api/quality";
import { Chart, tip, token } from "../../kit/Chart";
import { edgesOf } from "../../kit/window";
import { groupName, widthMs } from "../../parts/asked";
import { frameOf, tipStyle } from "../../parts/chartFrame";
import { clock, count } from "../../parts/format";
import { colourOf, keyOf, spanOf } from "../../parts/series";
import { useAsked } from "../../parts/useAsked";
import { range, said } from "./Figures";

type Props = { answer: TrendAnswer; onPick: (from: string, to: string) => void };

export function TrendChart({ answer, onPick }: Props) {
  const scheme = useComputedColorScheme("light");
  const { search } = useAsked();
  const width = widthMs(answer.interval);
  const whole = useMemo(() => answer.series.filter((point) => point.group === null), [answer]);
  const option = useMemo(() => {
    const { rates } = answer.score;
    const at = (point: QualityPoint) => new Date(point.time).getTime() + width / 2;
    const times = answer.series.map(at);
    const window: [number, number] =
      search.range === "all" && !search.from && times.length
        ? [Math.min(...times) - width, Math.max(...times) + width]
        : edgesOf(search);
    const { edges } = spanOf([window[0], Math.max(window[1], ...times.map((time) => time + width / 2))], times, width * 2);
    const shown = (point: QualityPoint): Interval | null => point.corrected ?? point.raw_interval;
    const ends = answer.series
      .flatMap((point) => [point.raw, shown(point)?.value ?? null])
      .filter((n): n is number => n !== null);
    const lows = whole.flatMap((point) => shown(point)?.low ?? []);
    const lowest = Math.min(1, ...ends, ...lows);
    const frame = frameOf(edges, (n) => said(n, rates));
    const groups = answer.groups
      .map((group, rank) => ({
        name: groupName(group.group),
        colour: token(colourOf(rank)),
        points: answer.series.filter((point) => point.group !== null && keyOf(point.group) === keyOf(group.group)),
      }))
      .filter((line) => line.points.length > 0);
    const accent = token("--accent");
    const bands = whole.filter((point) => shown(point) !== null && shown(point)?.low !== null && shown(point)?.high !== null);
    const symbols = { symbol: "circle", symbolSize: 6 };
    return {
      scheme,
      animation: false,
      ...frame,
      brush: undefined,
      yAxis: {
        ...frame.yAxis,
        ...(rates ? { min: lowest > 0.8 ? 0.8 : lowest > 0.5 ? 0.5 : 0, max: 1 } : { scale: true }),
      },
      tooltip: {
        trigger: "axis",
        ...tipStyle(),
        formatter: (items: { dataIndex: number; value: [number, number] }[]) => {
          const time = items[0]?.value[0];
          const points = answer.series.filter((point) => at(point) === time);
          return tip(
            points[0] ? clock(points[0].time) : "",
            points.flatMap((point) => pointSaid(point, rates, point.group ? colourIn(groups, point) : accent)),
          );
        },
      },
      series: [
        {
          type: "line",
          stack: "band",
          symbol: "none",
          silent: true,
          lineStyle: { opacity: 0 },
          data: bands.map((point) => [at(point), shown(point)?.low]),
        },
        {
          type: "line",
          stack: "band",
          symbol: "none",
          silent: true,
          lineStyle: { opacity: 0 },
          areaStyle: { color: accent, opacity: 0.16 },
          data: bands.map((point) => [at(point), (shown(point)?.high ?? 0) - (shown(point)?.low ?? 0)]),
        },
        {
          type: "line",
          color: token("--ink-3"),
          lineStyle: { type: "dashed", width: 1.2 },
          ...symbols,
          symbolSize: 4,
          data: whole
            .filter((point) => point.corrected !== null || answer.score.source === "judge")
            .map((point) => [at(point), point.raw]),
        },
        ...groups.map((line) => ({
          type: "line",
          color: line.colour,
          lineStyle: { width: 1.2 },
          ...symbols,
          symbolSize: 4,
          data: line.points.map((point) => [at(point), shown(point)?.value ?? point.raw]),
        })),
        {
          type: "line",
          color: accent,
          lineStyle: { width: 2.2 },
          ...symbols,
          data: bands.map((point) => [at(point), shown(point)?.value]),
        },
        // a single period has no line: its interval as an upright one
        ...(bands.length === 1 && bands[0]
          ? [
              {
                type: "line",
                silent: true,
                symbol: "none",
                color: accent,
                lineStyle: { width: 6, opacity: 0.25 },
                data: [
                  [at(bands[0]), shown(bands[0])?.low],
                  [at(bands[0]), shown(bands[0])?.high],
                ],
              },
            ]
          : []),
      ],
    };
  }, [answer, whole, search, scheme, width]);
  const pick = (series: number, index: number) => {
    const middle = option.series[series]?.data[index]?.[0];
    if (typeof middle !== "number") return;
    const from = middle - width / 2;
    onPick(new Date(from).toISOString(), new Date(from + width).toISOString());
  };
  return <Chart option={option} height={240} label={`${answer.score.name} over time`} onPick={pick} />;
}

function pointSaid(point: QualityPoint, rates: boolean, colour: string): [string, string, string?][] {
  const of = point.corrected ?? point.raw_interval;
  const name = point.group ? groupName(point.group) : "all";
  const lines: [string, string, string?][] = [];
  if (of) lines.push([name, `${said(of.value, rates)} (${range(of, rates)})`, colour]);
  if (!point.group && point.corrected) lines.push(["the judge alone", said(point.raw, rates)]);
  if (!of) lines.push([`${name}, uncalibrated`, said(point.raw, rates), colour]);
  if (!point.group) lines.push(["scored, labelled", `${count(point.judged)}, ${count(point.labelled)}`]);
  return lines;
}

function colourIn(groups: readonly { name: string; colour: string }[], point: QualityPoint): string {
  return groups.find((line) => line.name === groupName(point.group))?.colour ?? token("--part-other");
}
