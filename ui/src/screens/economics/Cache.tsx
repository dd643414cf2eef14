// What caches gave and what they could have given: the provider's, the application's own, and prompts that were paid for again.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import {
  type ApplicationCache,
  type CacheAnswer,
  type CacheGroup,
  cache,
  type Prefix,
  type PrefixAnswer,
  prefixes,
} from "../../api/economics";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { groupsOf, tracesOf } from "../../parts/asked";
import { ShareBar, Tile, TraceIds } from "../../parts/Figures";
import { Answered } from "../../parts/Frame";
import { count, minute, percent, short, times, UNKNOWN, usd } from "../../parts/format";
import { keyOf } from "../../parts/series";
import { groupColumn, MOST_GROUPS, numbers } from "./columns";
import { Assumptions, Change, WindowPriced } from "./Figures";
import { Frame } from "./Frame";
import { QuietBefore, useSpan } from "./QuietBefore";
import { useEconomics } from "./state";

const CacheChart = lazy(() => import("./CacheChart").then((module) => ({ default: module.CacheChart })));

export function Cache() {
  const { search, asked } = useEconomics();
  const groups = groupsOf(search.by, "model");
  const question = { ...asked, group_by: groups };
  const found = useQuery(cache(question));
  return (
    <Frame
      tab="cache"
      what="the caches"
      query={found}
      groups={groups}
      table={{ path: "/economics/cache", params: { ...question, limit: MOST_GROUPS } }}
      isEmpty={({ provider, application }) => provider.calls === 0 && application.lookups === 0}
      empty="No call here has said how many tokens it used, and no request was looked up in a cache of the application."
    >
      {(answer) => <Caches answer={answer} by={groups} />}
    </Frame>
  );
}

function Caches({ answer, by }: { answer: CacheAnswer; by: string[] }) {
  const { search, asked, change, navigate } = useEconomics();
  const { provider: now, previous_provider: before, window } = answer;
  const missed = useQuery(prefixes(asked));
  const { edges, quietUntil } = useSpan(answer.series, answer.interval);
  const open = (row: CacheGroup) =>
    row.filter !== null && navigate({ to: "/traces", search: tracesOf(search, window, row.filter) });
  return (
    <>
      <h2>
        The provider's cache <WindowPriced />
      </h2>
      <div className="tiles">
        <Tile label="Hit rate by tokens" value={percent(now.hit_rate_tokens)} window={window} filter="cache_read_tokens > 0">
          <Change now={now.hit_rate_tokens} before={before?.hit_rate_tokens} as={percent} more="good" />
        </Tile>
        <Tile label="Hit rate by calls" value={percent(now.hit_rate_requests)} window={window} filter="cache_read_tokens > 0">
          <span className="muted">
            {count(now.hits)} hits, {count(now.misses)} misses
            {now.silent_calls > 0 && `, ${count(now.silent_calls)} of them silent`}
          </span>
        </Tile>
        <Tile
          label="Saved"
          value={usd(now.saved_usd)}
          window={window}
          filter="cache_read_tokens > 0"
          tone={(now.saved_usd ?? 0) > 0 ? "good" : undefined}
          hint={now.saved_how}
        >
          <Change now={now.saved_usd} before={before?.saved_usd} more="good" />
        </Tile>
        <Tile label="Spent on writes" value={usd(now.cache_write_usd)} window={window} filter="cache_write_tokens > 0">
          <span className="muted">
            {now.write_premium_usd === null ? "no write is known" : `${usd(now.write_premium_usd)} more than uncached`}
          </span>
        </Tile>
        <Tile
          label="Written, never read"
          value={usd(now.unread_write_usd)}
          window={window}
          filter="cache_write_tokens > 0"
          tone={(now.unread_write_usd ?? 0) > 0 ? "bad" : undefined}
          hint="Writes that no later call read before they expired"
        >
          <span className="muted">
            {now.cache_write_tokens === null ? "no write is known" : `${short(now.cache_write_tokens)} tokens written in all`}
          </span>
        </Tile>
        <Tile
          label="Reads per write"
          value={times(now.reads_per_write)}
          window={window}
          filter="cache_write_tokens > 0"
          hint="Tokens read for each token written"
          tone={breaksEven(now.reads_per_write, now.break_even_reads)}
        >
          <span className="muted">
            {now.break_even_reads === null ? "break-even unknown" : `breaks even at ${times(now.break_even_reads)}`}
          </span>
        </Tile>
      </div>
      {answer.series.length > 0 && (
        <div className="charted">
          <Suspense fallback={<div style={{ height: 170 }} />}>
            <CacheChart
              answer={answer}
              edges={edges}
              onBrush={(from, to) =>
                change({ from: new Date(from).toISOString(), to: new Date(to).toISOString(), range: undefined })
              }
              onPick={(from, to) => navigate({ to: "/traces", search: tracesOf(search, { from, to }, "input_tokens > 0") })}
            />
          </Suspense>
          <QuietBefore until={quietUntil} />
        </div>
      )}
      <div className="beside-table roomy">
        <section>
          <DataTable
            label={`The provider's cache by ${by.join(", ")}`}
            columns={[groupColumn<CacheGroup>(by, search, window), ...GROUP_COLUMNS]}
            rows={answer.provider_groups}
            keyOf={(row) => keyOf(row.group)}
            sort={search.sort}
            onSort={(sort) => change({ sort }, true)}
            onOpen={open}
            keys
          />
          {answer.more_groups > 0 && (
            <p className="muted">
              {count(answer.more_groups)} more groups; the download has up to {count(MOST_GROUPS)}.
            </p>
          )}
        </section>
        <Assumptions title="How this is counted" said={answer.assumptions} />
      </div>
      <Application of={answer.application} window={window} />
      <h2>Prefixes that were seen before and not read from the cache</h2>
      <Answered
        query={missed}
        what="the prefixes; this reads prompts and takes a moment"
        isEmpty={(found) => found.calls === 0}
        empty={<p className="muted">No prompt of this window is stored, so nothing can be said about their prefixes.</p>}
      >
        {(found) => <Prefixes answer={found} />}
      </Answered>
    </>
  );
}

/** Good when each write is read often enough to pay for itself. */
function breaksEven(reads: number | null, needed: number | null): "good" | "bad" | undefined {
  return reads === null || needed === null ? undefined : reads >= needed ? "good" : "bad";
}

const GROUP_COLUMNS: DataColumn<CacheGroup>[] = [
  numbers(
    "tokens",
    "Hit rate by tokens",
    (row) => row.now.hit_rate_tokens,
    percent,
    (row) => (
      <span className="barred">
        <ShareBar share={row.now.hit_rate_tokens} colour="var(--part-read)" /> {percent(row.now.hit_rate_tokens)}
      </span>
    ),
  ),
  numbers("requests", "by calls", (row) => row.now.hit_rate_requests, percent),
  numbers("hits", "Hits", (row) => row.now.hits, count),
  numbers("misses", "Misses", (row) => row.now.misses, count),
  numbers("in", "Input tokens", (row) => row.now.input_tokens, short),
  numbers("saved", "Saved", (row) => row.now.saved_usd, usd),
  numbers("writes", "Writes", (row) => row.now.cache_write_usd, usd),
  numbers("unread", "Never read", (row) => row.now.unread_write_usd, usd),
  numbers(
    "ratio",
    "Reads per write",
    (row) => row.now.reads_per_write,
    times,
    (row) => (
      <span data-tone={breaksEven(row.now.reads_per_write, row.now.break_even_reads)}>{times(row.now.reads_per_write)}</span>
    ),
  ),
  numbers("even", "Break-even", (row) => row.now.break_even_reads, times),
];

function Application({ of, window }: { of: ApplicationCache; window: CacheAnswer["window"] }) {
  const FROM_CACHE = "served_from_cache = true";
  return (
    <>
      <h2>The application's own cache</h2>
      {of.lookups === 0 ? (
        <p className="muted">No request here says that it looked in a cache of its own: send the fact served_from_cache.</p>
      ) : (
        <div className="tiles">
          <Tile label="Hit rate" value={percent(of.hit_rate)} window={window} filter={FROM_CACHE}>
            <Change now={of.hit_rate} before={of.previous?.hit_rate} as={percent} more="good" />
          </Tile>
          <Tile label="Lookups" value={count(of.lookups)} window={window} filter="served_from_cache is not null">
            <span className="muted">
              {count(of.hits)} hits, {count(of.misses)} misses
            </span>
          </Tile>
          <Tile label="Saved" value={usd(of.saved_usd)} window={window} filter={FROM_CACHE} hint={of.saved_estimate}>
            <span className="chip">estimate</span> <span className="muted">{of.saved_estimate}</span>
          </Tile>
        </div>
      )}
    </>
  );
}

function Prefixes({ answer }: { answer: PrefixAnswer }) {
  const { search } = useEconomics();
  const { window } = answer;
  return (
    <div className="beside-table roomy">
      <section>
        <div className="tiles">
          <Tile
            label="Avoidable"
            value={usd(answer.avoidable_usd)}
            window={window}
            filter="input_tokens > 0"
            tone={(answer.avoidable_usd ?? 0) > 0 ? "bad" : undefined}
          >
            <span className="muted">
              {short(answer.avoidable_tokens)} tokens paid for again
              {(answer.unpriced_tokens ?? 0) > 0 && `, ${short(answer.unpriced_tokens)} of them without a price`}
            </span>
          </Tile>
          <Tile label="Avoidable share of input" value={percent(answer.avoidable_rate)} window={window} filter="input_tokens > 0">
            <span className="muted">
              seen before {percent(answer.seen_before_rate)}, read from cache {percent(answer.hit_rate_tokens)}
            </span>
          </Tile>
          <Tile label="Calls read" value={count(answer.calls)} window={window} filter="input_tokens > 0">
            <span className="muted">
              {count(answer.requests_avoidable)} with an avoidable miss, {count(answer.calls_without_content)} without content
            </span>
          </Tile>
        </div>
        {answer.prefixes.length === 0 ? (
          <p className="muted">Every prefix that was seen before was read from the cache.</p>
        ) : (
          <DataTable
            label="Prefixes that miss"
            columns={prefixColumns(search, window)}
            rows={answer.prefixes}
            keyOf={prefixKey}
          />
        )}
      </section>
      <Assumptions said={answer.assumptions} />
    </div>
  );
}

const prefixKey = (row: Prefix) => `${row.prefix} ${row.model}`;

function prefixColumns(search: ReturnType<typeof useEconomics>["search"], window: PrefixAnswer["window"]): DataColumn<Prefix>[] {
  return [
    {
      id: "preview",
      title: "How it begins",
      wide: true,
      cell: (row) =>
        row.filter === null ? (
          <span className="preview">{row.preview ?? UNKNOWN}</span>
        ) : (
          <Link className="preview" to="/traces" search={tracesOf(search, window, row.filter)} title={row.preview ?? undefined}>
            {row.preview ?? row.prefix}
          </Link>
        ),
    },
    { id: "model", title: "Model", cell: (row) => row.model ?? UNKNOWN },
    { id: "tokens", title: "Tokens", numeric: true, cell: (row) => short(row.prefix_tokens) },
    { id: "calls", title: "Calls", numeric: true, cell: (row) => count(row.calls) },
    { id: "seen", title: "Seen before", numeric: true, cell: (row) => count(row.seen_before_calls) },
    { id: "read", title: "Read", numeric: true, cell: (row) => count(row.read_calls) },
    { id: "avoidable", title: "Avoidable tokens", numeric: true, cell: (row) => short(row.avoidable_tokens) },
    { id: "usd", title: "Avoidable", numeric: true, cell: (row) => <b>{usd(row.avoidable_usd)}</b> },
    { id: "since", title: "Missing since", cell: (row) => (row.missing_since ? minute(row.missing_since) : UNKNOWN) },
    { id: "hit", title: "Last hit", cell: (row) => (row.last_hit ? minute(row.last_hit) : "never") },
    { id: "traces", title: "Traces", wide: true, cell: (row) => <TraceIds ids={row.trace_ids.slice(0, 3)} /> },
  ];
}
