// Whether providers answered: each model, in all and over time, with what can be said of so many calls.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { type AvailabilityAnswer, availability, type ModelAvailability } from "../../api/reliability";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { windowOf } from "../../kit/window";
import { tracesOf, type Window } from "../../parts/asked";
import { Named } from "../../parts/Figures";
import { clock, count, UNKNOWN } from "../../parts/format";
import { colourOf } from "../../parts/series";
import { between, Share } from "./Figures";
import { Frame } from "./Frame";
import { useEdges, useMarkers, useReliability } from "./state";

const AvailabilityChart = lazy(() => import("./AvailabilityChart").then((module) => ({ default: module.AvailabilityChart })));

export const nameOf = ({ provider, model }: { provider: string | null; model: string | null }) =>
  [provider, model].filter(Boolean).join(" / ") || "(unnamed)";

export function Providers() {
  const { search, asked } = useReliability();
  const { interval } = windowOf(search);
  const question = { ...asked, ...(interval && { interval }) };
  const found = useQuery(availability(question));
  return (
    <Frame
      tab="providers"
      what="whether providers answered"
      query={found}
      table={{ path: "/reliability/availability", params: question }}
      isEmpty={(answer) => answer.models.length === 0}
      empty="No call of a model is here."
    >
      {(answer) => <Available answer={answer} />}
    </Frame>
  );
}

function Available({ answer }: { answer: AvailabilityAnswer }) {
  const { search, change, navigate } = useReliability();
  const markers = useMarkers();
  const edges = useEdges(answer.series, answer);
  return (
    <>
      <Suspense fallback={<div style={{ height: 220 }} />}>
        <AvailabilityChart
          answer={answer}
          edges={edges}
          markers={markers}
          onBrush={(from, to) =>
            navigate({
              to: "/traces",
              search: tracesOf(
                search,
                { from: new Date(from).toISOString(), to: new Date(to).toISOString() },
                "kind in ('llm', 'embedding', 'rerank') and (status = error or error_type is not null)",
              ),
            })
          }
        />
      </Suspense>
      <section className="scrolled">
        <DataTable
          label="Availability by provider and model"
          columns={columns(answer.window)}
          rows={answer.models}
          keyOf={nameOf}
          sort={search.sort}
          onSort={(sort) => change({ sort }, true)}
          onOpen={(row) => navigate({ to: "/traces", search: tracesOf(search, answer.window, row.filter) })}
          keys
        />
      </section>
      <p className="muted">
        Available: of the calls that could have been answered, those that were. Calls that failed for the caller's own reasons
        (key, request, content, patience) are left out.
      </p>
    </>
  );

  function columns(window: Window): DataColumn<ModelAvailability>[] {
    const failure = (name: keyof ModelAvailability["failures"], title: string): DataColumn<ModelAvailability> => ({
      id: name,
      title,
      numeric: true,
      sort: (row) => row.failures[name],
      cell: (row) => (row.failures[name] ? <b>{count(row.failures[name])}</b> : <span className="muted">0</span>),
    });
    const rank = new Map(answer.models.map((row, index) => [nameOf(row), index]));
    return [
      {
        id: "model",
        title: "Provider / model asked for",
        sort: nameOf,
        cell: (row) => (
          <span className="named">
            <i className="dot" style={{ background: `var(${colourOf(rank.get(nameOf(row)) ?? 9)})` }} />
            <Named name={nameOf(row)} window={window} filter={row.filter} />
          </span>
        ),
      },
      { id: "calls", title: "Calls", numeric: true, sort: (row) => row.calls, cell: (row) => count(row.calls) },
      {
        id: "available",
        title: "Available",
        numeric: true,
        sort: (row) => row.available.share,
        cell: (row) => <Share of={row.available} />,
      },
      {
        id: "interval",
        title: "95 % interval",
        numeric: true,
        cell: (row) => <span className="muted">{between(row.available)}</span>,
      },
      failure("rate_limited", "Rate limited"),
      failure("overloaded", "Overloaded"),
      failure("timeout", "Timed out"),
      failure("server_error", "Server error"),
      failure("other", "Other"),
      {
        id: "own",
        title: "Caller's own",
        numeric: true,
        sort: (row) => row.callers_own,
        cell: (row) => <span className="muted">{count(row.callers_own)}</span>,
      },
      { id: "last", title: "Last failure", cell: (row) => (row.last_failure ? clock(row.last_failure) : UNKNOWN) },
    ];
  }
}
