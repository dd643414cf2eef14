// What failed: errors where they began, over time, by groups, and what was said most often.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { type CaseGroup, type ErrorMessage, type ErrorsAnswer, errors } from "../../api/reliability";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { windowOf } from "../../kit/window";
import { groupName, groupsOf, tracesOf, type Window } from "../../parts/asked";
import { Named, ShareBar, Tile, TraceIds } from "../../parts/Figures";
import { clock, count, percent } from "../../parts/format";
import { colourOf, keyOf } from "../../parts/series";
import { between, Share } from "./Figures";
import { Frame } from "./Frame";
import { useEdges, useMarkers, useReliability } from "./state";

// the figures do not wait for the charting library
const CasesChart = lazy(() => import("./CasesChart").then((module) => ({ default: module.CasesChart })));

export const ERRORS_ONLY = "error_origin = true";

export function Errors() {
  const { search, asked } = useReliability();
  const groups = groupsOf(search.by, "error_type");
  const { interval } = windowOf(search);
  const question = { ...asked, group_by: groups, ...(interval && { interval }) };
  const found = useQuery(errors(question));
  return (
    <Frame
      tab="errors"
      what="what failed"
      query={found}
      groups={groups}
      table={{ path: "/reliability/errors", params: { ...question, limit: 500 } }}
      isEmpty={(answer) => answer.total.spans === 0}
      empty="No settled span is here yet."
    >
      {(answer) => <Failed answer={answer} by={groups} />}
    </Frame>
  );
}

function Failed({ answer, by }: { answer: ErrorsAnswer; by: string[] }) {
  const { search, change, navigate } = useReliability();
  const markers = useMarkers();
  const { window, total } = answer;
  const edges = useEdges(answer.series, answer);
  const toTraces = (from: string, to: string, filter: string | null) =>
    navigate({ to: "/traces", search: tracesOf(search, { from, to }, filter ?? ERRORS_ONLY) });
  return (
    <>
      <div className="tiles">
        <Tile label="Requests" value={count(total.requests)} window={window} />
        <Tile
          label="Requests that failed"
          value={percent(total.failed_requests.share)}
          window={window}
          filter="trace.status = error"
          tone={total.failed_requests.of > 0 ? "bad" : "good"}
        >
          <span className="muted">
            {count(total.failed_requests.of)}; 95 % interval {between(total.failed_requests)}
          </span>
        </Tile>
        <Tile label="Errors" value={count(total.errors)} window={window} filter={ERRORS_ONLY}>
          <span className="muted">in {count(total.traces_with_errors)} requests, counted where they began</span>
        </Tile>
        <Tile
          label="Silent failures"
          value={count(total.silent_failures)}
          window={window}
          filter="silent_failure is not null"
          hint="Answers, tools and searches that failed and did not say so"
        >
          <span className="muted">in {count(total.traces_with_silent_failures)} requests</span>
        </Tile>
      </div>
      {total.errors === 0 ? (
        <p className="note">Nothing failed openly here. What failed silently is on the next tab.</p>
      ) : (
        <>
          <Suspense fallback={<div style={{ height: 220 }} />}>
            <CasesChart
              label="Errors over time"
              points={answer.series}
              groups={answer.groups}
              interval={answer.interval}
              edges={edges}
              markers={markers}
              onBrush={(from, to) => toTraces(new Date(from).toISOString(), new Date(to).toISOString(), null)}
              onPick={toTraces}
            />
          </Suspense>
          <section className="scrolled">
            <DataTable
              label={`Errors by ${by.join(", ")}`}
              columns={caseColumns(by, answer.groups, window, "Errors")}
              rows={answer.groups}
              keyOf={(row) => keyOf(row.group)}
              sort={search.sort}
              onSort={(sort) => change({ sort }, true)}
              onOpen={(row) => row.filter !== null && navigate({ to: "/traces", search: tracesOf(search, window, row.filter) })}
              keys
            />
            {answer.more_groups > 0 && <p className="muted">{count(answer.more_groups)} more groups.</p>}
          </section>
          <section className="scrolled">
            <h2>What was said most often</h2>
            <DataTable
              label="Messages"
              columns={messageColumns(window)}
              rows={answer.messages}
              keyOf={(row) => `${row.error_type} ${row.message}`}
            />
          </section>
        </>
      )}
    </>
  );
}

export function caseColumns(by: string[], groups: readonly CaseGroup[], window: Window, title: string): DataColumn<CaseGroup>[] {
  const rank = new Map(groups.map((row, index) => [keyOf(row.group), index]));
  const rates = groups.some((row) => row.rate !== null);
  return [
    {
      id: "group",
      title: by.join(", "),
      sort: (row) => groupName(row.group),
      cell: (row) => (
        <span className="named">
          <i className="dot" style={{ background: `var(${colourOf(rank.get(keyOf(row.group)) ?? groups.length)})` }} />
          <Named name={groupName(row.group)} window={window} filter={row.filter} />
        </span>
      ),
    },
    {
      id: "cases",
      title,
      numeric: true,
      sort: (row) => row.cases,
      cell: (row) => (
        <span className="barred">
          <ShareBar share={row.share} colour="var(--bad)" /> {count(row.cases)}
        </span>
      ),
    },
    { id: "share", title: "Share", numeric: true, sort: (row) => row.share, cell: (row) => percent(row.share) },
    ...(rates
      ? [
          {
            id: "rate",
            title: "Of its spans",
            numeric: true,
            sort: (row: CaseGroup) => row.rate?.share ?? null,
            cell: (row: CaseGroup) => (row.rate ? <Share of={row.rate} /> : null),
          },
        ]
      : []),
    { id: "traces", title: "Requests", numeric: true, sort: (row) => row.traces, cell: (row) => count(row.traces) },
    { id: "last", title: "Last", sort: (row) => row.last, cell: (row) => clock(row.last) },
    { id: "ids", title: "Latest", cell: (row) => <TraceIds ids={row.trace_ids.slice(0, 3)} /> },
  ];
}

function messageColumns(window: Window): DataColumn<ErrorMessage>[] {
  return [
    {
      id: "type",
      title: "Type",
      cell: (row) => <span className="chip bad">{row.error_type ?? "error"}</span>,
    },
    {
      id: "message",
      title: "Message",
      wide: true,
      cell: (row) => <Named name={row.example ?? row.message ?? "(it said nothing)"} window={window} filter={row.filter} />,
    },
    { id: "cases", title: "Times", numeric: true, cell: (row) => count(row.cases) },
    { id: "traces", title: "Requests", numeric: true, cell: (row) => count(row.traces) },
    { id: "where", title: "Where", cell: (row) => [...row.stages, ...row.models].join(", ") },
    { id: "first", title: "First", cell: (row) => clock(row.first) },
    { id: "last", title: "Last", cell: (row) => clock(row.last) },
    { id: "ids", title: "Latest", cell: (row) => <TraceIds ids={row.trace_ids.slice(0, 2)} /> },
  ];
}
