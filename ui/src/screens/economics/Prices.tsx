// The prices in use, the models that have none, and pricing a window again.
import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Price, prices, type UnknownUsage, type UnpricedAnswer, type UnpricedModel, unpriced } from "../../api/economics";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { tracesOf } from "../../parts/asked";
import { Answered } from "../../parts/Frame";
import { count, minute, short, UNKNOWN, usd } from "../../parts/format";
import { WindowPriced } from "./Figures";
import { Frame } from "./Frame";
import { Reprice } from "./Reprice";
import { useEconomics } from "./state";

export function Prices() {
  const { asked } = useEconomics();
  const found = useQuery(unpriced(asked));
  return (
    <Frame
      tab="prices"
      what="the models without a price"
      query={found}
      table={{ path: "/economics/unpriced", params: asked }}
      above={<Reprice />}
      isEmpty={() => false}
      empty=""
    >
      {(answer) => (
        <>
          <Unpriced answer={answer} />
          <PriceTable />
        </>
      )}
    </Frame>
  );
}

function Unpriced({ answer }: { answer: UnpricedAnswer }) {
  const { search, change, navigate } = useEconomics();
  const { window } = answer;
  const go = (row: { filter: string | null }) =>
    row.filter !== null && navigate({ to: "/traces", search: tracesOf(search, window, row.filter) });
  const name = (row: UnpricedModel | UnknownUsage) =>
    row.filter === null ? (
      (row.model ?? UNKNOWN)
    ) : (
      <Link to="/traces" search={tracesOf(search, window, row.filter)}>
        {row.model ?? "(no model)"}
      </Link>
    );
  return (
    <>
      <h2>
        Unpriced models <WindowPriced />
      </h2>
      {answer.models.length === 0 ? (
        <p className="muted">Every call in this window whose tokens are known has a price.</p>
      ) : (
        <DataTable<UnpricedModel>
          label="Unpriced models"
          rows={answer.models}
          keyOf={(row) => `${row.kind} ${row.provider} ${row.model}`}
          sort={search.sort}
          onSort={(sort) => change({ sort }, true)}
          onOpen={go}
          keys
          columns={[
            { id: "model", title: "Model", sort: (row) => row.model, cell: name },
            { id: "provider", title: "Provider", sort: (row) => row.provider, cell: (row) => row.provider ?? UNKNOWN },
            { id: "kind", title: "Kind", cell: (row) => row.kind },
            { id: "calls", title: "Calls", numeric: true, sort: (row) => row.calls, cell: (row) => count(row.calls) },
            {
              id: "in",
              title: "Tokens in",
              numeric: true,
              sort: (row) => row.input_tokens,
              cell: (row) => short(row.input_tokens),
            },
            { id: "out", title: "out", numeric: true, sort: (row) => row.output_tokens, cell: (row) => short(row.output_tokens) },
            { id: "first", title: "First seen", cell: (row) => minute(row.first) },
            { id: "last", title: "Last seen", cell: (row) => minute(row.last) },
            { id: "why", title: "Why", wide: true, cell: (row) => row.why },
          ]}
        />
      )}
      {answer.unknown_usage.length > 0 && (
        <>
          <h2>Calls that succeeded and did not say what they used</h2>
          <DataTable<UnknownUsage>
            label="Calls of unknown usage"
            rows={answer.unknown_usage}
            keyOf={(row) => `${row.kind} ${row.provider} ${row.model}`}
            onOpen={go}
            columns={[
              { id: "model", title: "Model", cell: name },
              { id: "provider", title: "Provider", cell: (row) => row.provider ?? UNKNOWN },
              { id: "calls", title: "Calls", numeric: true, cell: (row) => count(row.calls) },
            ]}
          />
        </>
      )}
    </>
  );
}

const AT_ONCE = 200;

function PriceTable() {
  const { search, change } = useEconomics();
  const [typed, setTyped] = useState(search.find ?? "");
  const find = useDebouncedCallback((words: string) => change({ find: words || undefined }, true), 250);
  const found = useQuery({ ...prices(search.find ?? ""), placeholderData: keepPreviousData });
  const [shown, setShown] = useState(AT_ONCE);
  return (
    <>
      <h2 className="with-search">
        Prices in use
        <TextInput
          size="xs"
          w={260}
          aria-label="Search prices"
          placeholder="a model or provider"
          value={typed}
          onChange={(e) => {
            setTyped(e.currentTarget.value);
            find(e.currentTarget.value);
          }}
        />
      </h2>
      <Answered
        query={found}
        what="the prices"
        isEmpty={({ prices: all }) => all.length === 0}
        empty={<NoPrices find={search.find} />}
      >
        {({ catalogue, prices: all }) => (
          <>
            <p className="muted">
              Catalogue {catalogue ?? UNKNOWN}; USD per million tokens. These are the models that traffic has named.
            </p>
            <DataTable label="Prices" columns={COLUMNS} rows={all.slice(0, shown)} keyOf={(row) => JSON.stringify(row)} />
            {all.length > shown && (
              <button type="button" className="more" onClick={() => setShown(shown * 5)}>
                Show more: {count(shown)} of {count(all.length)} are here
              </button>
            )}
          </>
        )}
      </Answered>
    </>
  );
}

function NoPrices({ find }: { find: string | undefined }) {
  return <p className="muted">{find ? `No price for “${find}”.` : "No model has been priced yet."}</p>;
}

const amount = (n: number | null) => (n === null ? UNKNOWN : n.toLocaleString("en-US", { maximumSignificantDigits: 6 }));

/** What is priced by the piece, in words. */
function eachOf({ request, web_search, second }: Price): string {
  const said = [
    [request, "request"],
    [web_search, "search"],
    [second, "second"],
  ] as const;
  return said
    .filter(([price]) => price)
    .map(([price, what]) => `${usd(price)} a ${what}`)
    .join(", ");
}

const COLUMNS: DataColumn<Price>[] = [
  { id: "model", title: "Model", cell: (row) => row.model ?? row.request_model ?? UNKNOWN },
  { id: "provider", title: "Provider", cell: (row) => row.provider ?? UNKNOWN },
  {
    id: "price",
    title: "Price",
    cell: (row) => (row.price === null ? <span className="warned">none</span> : <span className="mono">{row.price}</span>),
  },
  { id: "from", title: "From", cell: (row) => row.valid_from?.slice(0, 10) ?? (row.price === null ? "" : "always") },
  { id: "to", title: "to", cell: (row) => row.valid_to?.slice(0, 10) ?? (row.price === null ? "" : "now") },
  {
    id: "above",
    title: "Above tokens",
    numeric: true,
    cell: (row) => (row.above_tokens ? short(row.above_tokens) : ""),
  },
  { id: "tier", title: "Tier", cell: (row) => row.service_tier ?? "" },
  { id: "input", title: "Input", numeric: true, cell: (row) => amount(row.input) },
  { id: "read", title: "Cache read", numeric: true, cell: (row) => amount(row.cache_read) },
  { id: "write", title: "Cache write", numeric: true, cell: (row) => amount(row.cache_write) },
  { id: "output", title: "Output", numeric: true, cell: (row) => amount(row.output) },
  {
    id: "each",
    title: "Each",
    hint: "What is not priced by tokens, in USD",
    cell: (row) => <span className="muted">{eachOf(row)}</span>,
  },
];
