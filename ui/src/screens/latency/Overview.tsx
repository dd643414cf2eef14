// How long it takes: over time as a heatmap with percentile lines, in all as a distribution, and by groups.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { heatmap, LEVELS, type PercentileGroup, type PercentilesAnswer, percentiles } from "../../api/latency";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { edgesOf } from "../../kit/window";
import { groupName, groupsOf, tracesOf } from "../../parts/asked";
import { count } from "../../parts/format";
import { keyOf } from "../../parts/series";
import { Quantile, Tiles, valued } from "./Figures";
import { Frame } from "./Frame";
import { useLatency } from "./state";
import { measuredOf, within } from "./url";

// the figures do not wait for the charting library
const Heatmap = lazy(() => import("./Heatmap").then((module) => ({ default: module.Heatmap })));

export function Overview() {
  const { search, asked } = useLatency();
  const { of, measure } = measuredOf(search);
  const groups = groupsOf(search.by, of === "spans" ? "stage" : "task");
  const question = { ...asked, of, measure: measure.id };
  const found = useQuery(percentiles({ ...question, group_by: groups }));
  return (
    <Frame
      tab="percentiles"
      what="how long it took"
      query={found}
      measured
      groups={groups}
      table={{ path: "/latency/percentiles", params: { ...question, group_by: groups, limit: 500 } }}
      isEmpty={(answer) => answer.total.n === 0}
      empty={`No settled ${of === "requests" ? "request" : "span"} here says its ${measure.title.toLowerCase()}.`}
    >
      {(answer) => <Shown answer={answer} by={groups} />}
    </Frame>
  );
}

function Shown({ answer, by }: { answer: PercentilesAnswer; by: string[] }) {
  const { search, asked, change, navigate } = useLatency();
  const { of, measure } = measuredOf(search);
  const map = useQuery(heatmap({ ...asked, of, measure: measure.id }));
  const edges = useMemo<[number, number]>(() => {
    if (search.range !== "all" || search.from) return edgesOf(search);
    const times = (map.data?.lines ?? []).map((line) => new Date(line.time).getTime());
    return [Math.min(...times), Math.max(...times)];
  }, [search, map.data]);
  const columns = useMemo(() => columnsOf(answer, by, search), [answer, by, search]);
  const open = (row: PercentileGroup) =>
    row.filter !== null && navigate({ to: "/traces", search: tracesOf(search, answer.window, row.filter) });
  return (
    <>
      <Tiles
        total={answer.total}
        window={answer.window}
        of={of}
        measure={measure}
        method={answer.method}
        error={answer.relative_error}
      />
      {map.data && map.data.total.n > 0 ? (
        <Suspense fallback={<div style={{ height: 320 }} />}>
          <Heatmap
            answer={map.data}
            edges={edges}
            title={`${measure.title} over time`}
            onRegion={(from, to, low, high) =>
              navigate({
                to: "/traces",
                search: tracesOf(
                  search,
                  { from: new Date(from).toISOString(), to: new Date(to).toISOString() },
                  within(of, measure.id, low, high),
                ),
              })
            }
            onBin={(low, high) =>
              navigate({ to: "/traces", search: tracesOf(search, answer.window, within(of, measure.id, low, high)) })
            }
          />
        </Suspense>
      ) : (
        <div style={{ height: 320 }} />
      )}
      <section className="scrolled">
        <DataTable
          label={`${measure.title} by ${by.join(", ")}`}
          columns={columns}
          rows={answer.groups}
          keyOf={(row) => keyOf(row.group)}
          sort={search.sort}
          onSort={(sort) => change({ sort }, true)}
          onOpen={open}
          keys
        />
        {answer.more_groups > 0 && <p className="muted">{count(answer.more_groups)} more groups; the download has up to 500.</p>}
      </section>
    </>
  );
}

function columnsOf(
  answer: PercentilesAnswer,
  by: string[],
  search: ReturnType<typeof useLatency>["search"],
): DataColumn<PercentileGroup>[] {
  const said = valued(answer.unit);
  const most = Math.max(...answer.groups.map((row) => row.p99 ?? row.max ?? 0), 1);
  return [
    {
      id: "group",
      title: by.join(", "),
      sort: (row) => groupName(row.group),
      cell: (row) =>
        row.filter === null ? (
          <span className="cut" title="The filter language can't say this group">
            {groupName(row.group)}
          </span>
        ) : (
          <Link className="cut" to="/traces" search={tracesOf(search, answer.window, row.filter)} title="Its traces">
            {groupName(row.group)}
          </Link>
        ),
    },
    { id: "n", title: "n", numeric: true, sort: (row) => row.n, cell: (row) => count(row.n) },
    { id: "spread", title: "P50 – P99", cell: (row) => <Spread row={row} most={most} /> },
    ...LEVELS.map((level) => ({
      id: level,
      title: level.toUpperCase(),
      numeric: true,
      sort: (row: PercentileGroup) => (row.enough[level] ? row[level] : null),
      cell: (row: PercentileGroup) => <Quantile row={row} level={level} unit={answer.unit} />,
    })),
    { id: "max", title: "Max", numeric: true, sort: (row) => row.max, cell: (row) => said(row.max) },
    { id: "mean", title: "Mean", numeric: true, sort: (row) => row.mean, cell: (row) => said(row.mean) },
  ];
}

/** From the P50 to the P99, for the eye, on the table's own scale. */
function Spread({ row, most }: { row: PercentileGroup; most: number }) {
  const place = (n: number | null) => (n === null || n <= 0 ? 0 : (n / most) * 100);
  const last = row.enough.p99 ? row.p99 : row.max;
  return (
    <span className="spread" aria-hidden="true">
      <i style={{ left: `${place(row.p50)}%`, width: `${Math.max(0.5, place(last) - place(row.p50))}%` }} />
      <b style={{ left: `${place(row.p95)}%` }} />
    </span>
  );
}
