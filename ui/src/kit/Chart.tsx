// An ECharts canvas that follows its container and the colour scheme. Colours are read from the tokens.
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import {
  BrushComponent,
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  ToolboxComponent,
  TooltipComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

echarts.use([
  BarChart,
  CustomChart,
  LineChart,
  GridComponent,
  TooltipComponent,
  BrushComponent,
  ToolboxComponent,
  MarkLineComponent,
  MarkAreaComponent,
  CanvasRenderer,
]);

type Props = {
  option: echarts.EChartsCoreOption;
  height: number;
  label: string;
  onBrush?: (from: number, to: number) => void;
  /** a region was dragged instead: its edges along both axes */
  onRegion?: (from: number, to: number, low: number, high: number) => void;
  /** a bar or point was clicked: of which series, the how many-eth of its data */
  onPick?: (series: number, index: number) => void;
};

export function Chart({ option, height, label, onBrush, onRegion, onPick }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<echarts.ECharts | null>(null);
  const brushed = useRef(onBrush);
  brushed.current = onBrush;
  const dragged = useRef(onRegion);
  dragged.current = onRegion;
  const picked = useRef(onPick);
  picked.current = onPick;
  useEffect(() => {
    if (!box.current) return;
    const made = echarts.init(box.current);
    chart.current = made;
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(box.current);
    made.on("brushEnd", (event) => {
      const range = (event as { areas?: { coordRange?: (number | number[])[] }[] }).areas?.[0]?.coordRange;
      const [first, second] = range ?? [];
      if (typeof first === "number" && typeof second === "number" && second > first) brushed.current?.(first, second);
      if (Array.isArray(first) && Array.isArray(second)) {
        const [from, to, low, high] = [...first, ...second] as [number, number, number, number];
        if (to > from && high > low) dragged.current?.(from, to, low, high);
      }
      made.dispatchAction({ type: "brush", areas: [] });
    });
    made.on("click", ({ seriesIndex, dataIndex }) => {
      if (seriesIndex !== undefined && dataIndex !== undefined) picked.current?.(seriesIndex, dataIndex);
    });
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(option, { notMerge: true });
    if (brushed.current || dragged.current)
      chart.current?.dispatchAction({
        type: "takeGlobalCursor",
        key: "brush",
        brushOption: { brushType: dragged.current ? "rect" : "lineX", brushMode: "single" },
      });
  }, [option]);
  return <div ref={box} role="img" aria-label={label} style={{ height }} />;
}

export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** What a tooltip says, as nodes: names are somebody else's text and never become markup. */
export function tip(title: string, lines: readonly (readonly [label: string, value: string, colour?: string])[]): HTMLElement {
  const box = document.createElement("div");
  box.className = "tip";
  box.append(Object.assign(document.createElement("b"), { textContent: title }));
  for (const [label, value, colour] of lines) {
    const line = document.createElement("div");
    const dot = Object.assign(document.createElement("i"), { className: "dot" });
    dot.style.background = colour ?? "transparent";
    line.append(
      dot,
      Object.assign(document.createElement("span"), { className: "cut", textContent: label }),
      Object.assign(document.createElement("span"), { className: "num", textContent: value }),
    );
    box.append(line);
  }
  return box;
}
