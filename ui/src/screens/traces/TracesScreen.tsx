// The list of requests: live, filtered by the same language as everything else, walked by keyboard.
import { Button, Checkbox, Popover, Stack } from "@mantine/core";
import { IconColumns3, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { lazy, type RefObject, Suspense, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { ApiError, type TraceSummary } from "../../api/client";
import { newestTraces, POLLED, traces, volume } from "../../api/queries";
import { Empty, Failed, Loading } from "../../kit/States";
import { useKeys } from "../../kit/useKeys";
import { useTitle } from "../../kit/useTitle";
import { WindowChoice } from "../../kit/WindowChoice";
import { edgesOf, windowName, windowOf } from "../../kit/window";
import { AddToDataset } from "../../parts/AddToDataset";
import { FilterBar } from "../../parts/FilterBar";
import { COLUMNS, chosenColumns } from "./columns";
import { NoTraces } from "./NoTraces";
import type { TracesSearch } from "./url";

// the list does not wait for the charting library
const Volume = lazy(() => import("./Volume").then((module) => ({ default: module.Volume })));
const ROW = 28;
const route = getRouteApi("/traces");

export function TracesScreen() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const project = search.project ?? "default";
  const live = search.live !== false && !search.to;
  const { interval, ...window_ } = windowOf(search);
  const question = { project, filter: search.filter ?? "", ...window_ };
  const pages = useInfiniteQuery(traces(question));
  const head = useQuery(newestTraces(question, live && pages.isSuccess));
  const bars = useQuery({ ...volume(question, interval ?? "1h", live), enabled: interval !== null && !pages.isError });
  const asked = JSON.stringify(question);
  const paged = useMemo(() => pages.data?.pages.flatMap((p) => p.traces) ?? [], [pages.data]);
  const edges = useMemo(() => edgesOf(search), [search, bars.data]);
  const rows = usePolled(head.data?.traces, paged, asked, pages.refetch);
  const fresh = useFresh(rows, asked);
  useTitle("Traces");
  const columns = chosenColumns(search.columns);
  const template = columns.map((c) => c.width).join(" ");
  const width = columns.reduce((sum, c) => sum + Number(/\d+/.exec(c.width)?.[0] ?? 0) + 12, 32);

  const [at, setAt] = useState<string | null>(search.at ?? null);
  const index = at === null ? -1 : rows.findIndex((t) => t.trace_id === at);
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 20 });
  useHeldScroll(box, rows, asked);
  const returning = useRef(search.at !== undefined);
  useEffect(() => {
    if (!returning.current || index < 0) return;
    returning.current = false;
    list.scrollToIndex(index, { align: "center" });
  }, [index, list.scrollToIndex]);
  const last = list.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - 20 && pages.hasNextPage && !pages.isFetchingNextPage) pages.fetchNextPage();
  }, [last, rows.length, pages.hasNextPage, pages.isFetchingNextPage, pages.fetchNextPage]);

  const change = (next: Partial<TracesSearch>) => {
    const { at: _at, ...here } = search;
    return navigate({ to: "/traces", search: { ...here, ...next } as TracesSearch });
  };
  const move = (step: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, index + step));
    setAt(rows[next]?.trace_id ?? null);
    list.scrollToIndex(next);
  };
  const open = async (t: TraceSummary | undefined) => {
    if (!t) return;
    await navigate({ to: "/traces", search: { ...search, at: t.trace_id }, replace: true });
    await navigate({ to: "/traces/$id", params: { id: t.trace_id }, search: { project } });
  };
  useKeys({
    "/": () => input.current?.focus(),
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => open(rows[index]),
    l: () => change({ live: !live }),
  });

  return (
    <>
      <div className="toolbar">
        <FilterBar
          value={search.filter ?? ""}
          project={project}
          error={pages.error}
          onApply={(filter) => change({ filter })}
          inputRef={input}
        />
        <WindowChoice
          search={search}
          edges={edges}
          onChoose={(chosen) => {
            const { from: _from, to: _to, range: _range, ...rest } = search;
            navigate({ to: "/traces", search: { ...rest, ...chosen } });
          }}
        />
        <Button
          size="xs"
          variant={live ? "light" : "default"}
          aria-pressed={live}
          leftSection={live ? <IconPlayerPause size={14} /> : <IconPlayerPlay size={14} />}
          onClick={() => change({ live: !live })}
        >
          Live
        </Button>
        <AddToDataset
          project={project}
          from={{ filter: question.filter, ...(window_.from && { from: window_.from }), ...(window_.to && { to: window_.to }) }}
          compact
        />
        <Popover position="bottom-end" shadow="md">
          <Popover.Target>
            <Button size="xs" variant="default" leftSection={<IconColumns3 size={14} />}>
              Columns
            </Button>
          </Popover.Target>
          <Popover.Dropdown>
            <Stack gap={6}>
              {COLUMNS.map((c) => (
                <Checkbox
                  key={c.id}
                  size="xs"
                  label={c.title === "out" ? "Tokens out" : c.title}
                  checked={columns.includes(c)}
                  onChange={(e) => {
                    const chosen = COLUMNS.filter((x) => (x === c ? e.currentTarget.checked : columns.includes(x)));
                    change({ columns: chosen.map((x) => x.id).join(",") });
                  }}
                />
              ))}
            </Stack>
          </Popover.Dropdown>
        </Popover>
      </div>
      {interval !== null && bars.data && bars.data.rows.length > 0 && (
        <Suspense fallback={<div style={{ height: 105 }} />}>
          <Volume
            rows={bars.data.rows}
            edges={edges}
            onBrush={(from, to) => change({ from: new Date(from).toISOString(), to: new Date(to).toISOString(), live: false })}
          />
        </Suspense>
      )}
      {pages.isPending ? (
        <Loading what="requests" />
      ) : pages.isError && !pages.data ? (
        pages.error instanceof ApiError && pages.error.status === 422 ? (
          <Empty title="That filter can't be read">
            <span>The line under it says where and why.</span>
          </Empty>
        ) : (
          <Failed error={pages.error} retry={() => pages.refetch()} />
        )
      ) : rows.length === 0 ? (
        search.filter || search.range !== "all" ? (
          <Empty title="No requests here">
            <span>{search.filter ? "Nothing in this window satisfies the filter." : `Nothing in ${windowName(search)}.`}</span>
            {!search.filter && <NoTraces project={project} />}
            <div style={{ display: "flex", gap: 8 }}>
              {search.filter && (
                <Button size="xs" variant="default" onClick={() => change({ filter: "" })}>
                  Clear the filter
                </Button>
              )}
              <Button
                size="xs"
                variant="default"
                onClick={() =>
                  navigate({ to: "/traces", search: { project, range: "all", ...(search.filter && { filter: search.filter }) } })
                }
              >
                Look at all time
              </Button>
            </div>
          </Empty>
        ) : (
          <Empty title="Waiting for the first trace">
            <NoTraces project={project} />
          </Empty>
        )
      ) : (
        <div
          className="table"
          ref={box}
          role="grid"
          aria-label="Requests"
          aria-rowcount={rows.length}
          tabIndex={0}
          aria-activedescendant={at ? `trace-${at}` : undefined}
        >
          <div className="thead" role="row" style={{ gridTemplateColumns: template, minWidth: width }}>
            {columns.map((c) => (
              <span key={c.id} role="columnheader" className={c.numeric ? "num" : undefined}>
                {c.title}
              </span>
            ))}
          </div>
          <div style={{ height: list.getTotalSize(), position: "relative", minWidth: width }}>
            {list.getVirtualItems().map((item) => {
              const t = rows[item.index] as TraceSummary;
              return (
                <div
                  key={t.trace_id}
                  id={`trace-${t.trace_id}`}
                  className="trow"
                  role="row"
                  tabIndex={-1}
                  aria-selected={t.trace_id === at}
                  data-new={fresh.has(t.trace_id)}
                  style={{ gridTemplateColumns: template, transform: `translateY(${item.start}px)` }}
                  onClick={() => open(t)}
                >
                  {columns.map((c) => (
                    <span key={c.id} role="gridcell" className={c.numeric ? "num cut" : "cut"}>
                      {c.cell(t)}
                    </span>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      )}
    </>
  );
}

/** The list: what was paged, and everything that polling brought since this question was first asked. */
function usePolled(polled: TraceSummary[] | undefined, paged: TraceSummary[], asked: string, missed: () => void): TraceSummary[] {
  const kept = useRef<{ asked: string; byId: Map<string, TraceSummary> }>({ asked, byId: new Map() });
  const seen = useRef(new Set<string>());
  const rows = useMemo(() => {
    if (kept.current.asked !== asked) kept.current = { asked, byId: new Map() };
    for (const t of polled ?? []) kept.current.byId.set(t.trace_id, t);
    return merged([...kept.current.byId.values()], paged);
  }, [polled, paged, asked]);
  useEffect(() => {
    // more came between two polls than one poll can carry: nothing in it was known before
    const gap = polled?.length === POLLED && seen.current.size > 0 && !polled.some((t) => seen.current.has(t.trace_id));
    seen.current = new Set(rows.map((t) => t.trace_id));
    if (gap) missed();
  }, [rows, polled, missed]);
  return rows;
}

/** Who has scrolled down keeps reading the same rows when others arrive above; a new question begins at the top. */
function useHeldScroll(box: RefObject<HTMLDivElement | null>, rows: TraceSummary[], asked: string) {
  const before = useRef({ rows, asked });
  useLayoutEffect(() => {
    const first = before.current.rows[0]?.trace_id;
    const same = before.current.asked === asked;
    before.current = { rows, asked };
    if (!box.current) return;
    const came = rows.findIndex((t) => t.trace_id === first);
    if (!same) box.current.scrollTop = 0;
    else if (box.current.scrollTop > 0 && came > 0) box.current.scrollTop += came * ROW;
  }, [box, rows, asked]);
}

/** Polled rows in front of the paged ones, each trace once, its newest state. */
function merged(head: TraceSummary[], paged: TraceSummary[]): TraceSummary[] {
  const seen = new Set<string>();
  return [...head, ...paged]
    .filter((t) => !seen.has(t.trace_id) && seen.add(t.trace_id))
    .sort((a, b) =>
      a.start_ns.length === b.start_ns.length ? (a.start_ns < b.start_ns ? 1 : -1) : b.start_ns.length - a.start_ns.length,
    );
}

/** Ids that came since this question was first answered. */
function useFresh(rows: TraceSummary[], question: string): ReadonlySet<string> {
  const first = useRef<{ question: string; ids: Set<string> } | null>(null);
  if (rows.length && first.current?.question !== question)
    first.current = { question, ids: new Set(rows.map((t) => t.trace_id)) };
  return useMemo(() => {
    const known = first.current;
    const newest = rows.slice(0, 60).filter((t) => known && !known.ids.has(t.trace_id));
    return new Set(newest.map((t) => t.trace_id));
  }, [rows]);
}
