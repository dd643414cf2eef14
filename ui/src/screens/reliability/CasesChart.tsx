// Cases over time, a bar's colours its groups: drag for the traces behind a region, click a bar for those of its group.
import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { Marker } from "../../api/markers";
import type { CaseGroup, CasePoint } from "../../api/reliability";
import { Chart, tip, token } from "../../kit/Chart";
import { groupName, widthMs } from "../../parts/asked";
import { frameOf, tipStyle, withLastBar } from "../../parts/chartFrame";
import { clock, count } from "../../parts/format";
import { markSeries } from "../../parts/markers";
import { COLOURS, colourOf, keyOf } from "../../parts/series";

type Props = {
  label: string;
  points: readonly CasePoint[];
  groups: readonly Pick<CaseGroup, "group" | "filter">[];
  interval: string;
  edges: [number, number];
  markers: readonly Marker[];
  onBrush: (from: number, to: number) => void;
  onPick: (from: string, to: string, filter: string | null) => void;
};

export function CasesChart({ label, points, groups, interval, edges, markers, onBrush, onPick }: Props) {
  const scheme = useComputedColorScheme("light");
  const width = widthMs(interval);
  const series = useMemo(() => seriesBy(points, groups), [points, groups]);
  const option = useMemo(() => {
    const at = (time: string) => new Date(time).getTime() + width / 2;
    const colours = series.map((one) => token(colourOf(one.rank)));
    return {
      scheme,
      animation: false,
      ...frameOf(withLastBar(edges, points, width), (n) => count(n)),
      tooltip: {
        trigger: "axis",
        ...tipStyle(),
        formatter: (items: { seriesIndex: number; dataIndex: number }[]) => {
          const said = items.flatMap(({ seriesIndex, dataIndex }) => {
            const one = series[seriesIndex];
            const point = one?.points[dataIndex];
            return one && point?.cases ? [{ one, point, colour: colours[seriesIndex] ?? "" }] : [];
          });
          said.sort((a, b) => b.point.cases - a.point.cases);
          return tip(
            said[0] ? clock(said[0].point.time) : "",
            said.map(({ one, point, colour }) => [groupName(one.group), count(point.cases), colour] as const),
          );
        },
      },
      series: [
        ...series.map((one, index) => ({
          type: "bar",
          stack: "cases",
          color: colours[index],
          barMaxWidth: 22,
          cursor: "pointer",
          data: one.points.map((point) => [at(point.time), point.cases]),
        })),
        ...markSeries(markers, edges),
      ],
    };
  }, [series, points, edges, markers, scheme, width]);
  const pick = (index: number, which: number) => {
    const one = series[index];
    const point = one?.points[which];
    if (!one || !point) return;
    const from = new Date(point.time).getTime();
    const filter = groups.find((row) => keyOf(row.group) === one.key)?.filter ?? null;
    onPick(new Date(from).toISOString(), new Date(from + width).toISOString(), filter);
  };
  return <Chart option={option} height={220} label={label} onBrush={onBrush} onPick={pick} />;
}

type Cases = { key: string; group: (string | null)[]; rank: number; points: CasePoint[] };

/** Points by group, the largest first. Each group has every moment that any has: bars stack by their place in the list. */
export function seriesBy(points: readonly CasePoint[], groups: readonly Pick<CaseGroup, "group">[]): Cases[] {
  const rank = new Map(groups.map((row, index) => [keyOf(row.group), index]));
  const times = [...new Set(points.map((point) => point.time))].sort();
  const found = new Map<string, Cases & { at: Map<string, CasePoint> }>();
  for (const point of points) {
    const key = keyOf(point.group);
    const one = found.get(key) ?? { key, group: point.group, rank: rank.get(key) ?? COLOURS.length, points: [], at: new Map() };
    one.at.set(point.time, point);
    found.set(key, one);
  }
  return [...found.values()]
    .map(({ at, ...one }) => ({ ...one, points: times.map((time) => at.get(time) ?? { time, group: one.group, cases: 0 }) }))
    .sort((a, b) => a.rank - b.rank);
}
