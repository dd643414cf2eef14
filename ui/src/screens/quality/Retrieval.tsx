// How well searches find: scores and gaps, nothing found, old indexes, what is never used, drift; and relevance where it is judged.
import { NativeSelect, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import {
  type DocumentsAnswer,
  type DriftAnswer,
  documents,
  drift,
  type FoundDocument,
  levels,
  type Mean,
  type RelevanceAnswer,
  type RetrievalAnswer,
  type RetrievalGroup,
  relevance,
  relevanceScores,
} from "../../api/retrieval";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { Failed, Loading } from "../../kit/States";
import { windowOf } from "../../kit/window";
import { groupName, groupsOf, tracesOf } from "../../parts/asked";
import { Named, ShareBar, Tile, TraceIds } from "../../parts/Figures";
import { clock, count, percent, UNKNOWN } from "../../parts/format";
import { colourOf, keyOf } from "../../parts/series";
import { useAsked } from "../../parts/useAsked";
import { number } from "../datasets/words";
import { Frame } from "./Frame";
import type { QualitySearch } from "./url";

const RetrievalChart = lazy(() => import("./RetrievalChart").then((module) => ({ default: module.RetrievalChart })));

export const SHOWN = [
  { value: "top_score", label: "Top score" },
  { value: "gap", label: "Gap" },
  { value: "empty", label: "Nothing found" },
  { value: "relevance", label: "Relevance" },
] as const;
export type Shown = (typeof SHOWN)[number]["value"];

export function Retrieval() {
  const { search, asked, change } = useAsked<QualitySearch>();
  const kind = search.kind === "rerank" ? "rerank" : "retrieval";
  const groups = groupsOf(search.by, "stage");
  const question = { ...asked, kind, group_by: groups } as const;
  const found = useQuery(levels(question));
  return (
    <Frame
      tab="retrieval"
      what="the searches"
      query={found}
      groups={groups}
      controls={
        <SegmentedControl
          size="xs"
          aria-label="Which searches"
          value={kind}
          onChange={(value) => change({ kind: value === "retrieval" ? undefined : value })}
          data={[
            { value: "retrieval", label: "Searches" },
            { value: "rerank", label: "Reranks" },
          ]}
        />
      }
      table={{ path: "/retrieval", params: { ...question, limit: 500 } }}
      isEmpty={(answer) => answer.total.retrievals === 0}
      empty={kind === "rerank" ? "No settled rerank is here yet." : "No settled search is here yet: spans of kind retrieval."}
    >
      {(answer) => <Told answer={answer} by={groups} kind={kind} />}
    </Frame>
  );
}

type Kind = "retrieval" | "rerank";

function Told({ answer, by, kind }: { answer: RetrievalAnswer; by: string[]; kind: Kind }) {
  const { search, asked, change, navigate } = useAsked<QualitySearch>();
  const { window, total, stale } = answer;
  const ofKind = `kind = ${kind}`;
  const names = useQuery(relevanceScores(asked)).data?.scores ?? [];
  const score = search.score && names.some((one) => one.name === search.score) ? search.score : names[0]?.name;
  const k = Number(search.k) || 5;
  const judged = useQuery(relevance({ ...asked, kind, group_by: by, name: score ?? "", k }, score !== undefined)).data;
  const read = useQuery(documents({ ...asked, kind }));
  const shown = SHOWN.find((one) => one.value === search.show)?.value ?? "top_score";
  return (
    <>
      <div className="tiles">
        <Tile label={kind === "rerank" ? "Reranks" : "Searches"} value={count(total.retrievals)} window={window} filter={ofKind}>
          <span className="muted">
            {total.documents === null ? "documents unknown" : `${total.documents.toFixed(1)} documents each`}
          </span>
        </Tile>
        <Tile
          label="Top score"
          value={number(total.top_score.value)}
          window={window}
          filter={`${ofKind} and top_score is not null`}
        >
          <span className="muted">{spread(total.top_score)}</span>
        </Tile>
        <Tile
          label="Gap"
          value={number(total.gap.value)}
          window={window}
          filter={null}
          hint="The best document's score less the mean of all that were found: small where nothing stands out"
        >
          <span className="muted">{spread(total.gap)}</span>
        </Tile>
        <Tile
          label="Nothing found"
          value={percent(total.empty.share)}
          window={window}
          filter={`${ofKind} and document_count = 0`}
          tone={total.empty.of > 0 ? "bad" : undefined}
        >
          <span className="muted">{total.empty.interval ? between(total.empty.interval) : "no search says what it found"}</span>
        </Tile>
        <Tile
          label="Of an old index"
          value={percent(stale.share)}
          window={window}
          filter={null}
          tone={stale.of > 0 ? "bad" : undefined}
          hint="Of searches whose index version is known: those of a version that had been replaced more than an hour before"
        >
          {stale.of > 0 ? (
            <TraceIds ids={stale.trace_ids.slice(0, 3)} />
          ) : (
            <span className="muted">{stale.n ? `of ${count(stale.n)}` : "versions unknown"}</span>
          )}
        </Tile>
      </div>
      {score !== undefined && judged && <Judged answer={judged} names={names.map((one) => one.name)} score={score} k={k} />}
      {score === undefined && (
        <p className="note">
          Nobody says how relevant documents are here, so what follows goes by what searches say of themselves. A judge or a
          person can: a score on the search's span with <code>document_id</code> (or several in <code>documents</code>) in its
          metadata.
        </p>
      )}
      <section className="scrolled">
        <div className="with-controls">
          <h2>Over time</h2>
          <NativeSelect
            size="xs"
            aria-label="What is drawn"
            value={shown === "relevance" && !judged ? "top_score" : shown}
            data={SHOWN.filter((one) => one.value !== "relevance" || judged).map((one) => ({ ...one }))}
            onChange={(e) => change({ show: e.currentTarget.value }, true)}
          />
        </div>
        <Suspense fallback={<div style={{ height: 220 }} />}>
          <RetrievalChart
            answer={answer}
            judged={judged}
            shown={shown}
            onPick={(from, to, filter) => navigate({ to: "/traces", search: tracesOf(search, { from, to }, filter ?? ofKind) })}
          />
        </Suspense>
      </section>
      <section className="scrolled">
        <h2>By {by.join(", ")}</h2>
        <DataTable
          label={`Retrieval by ${by.join(", ")}`}
          columns={columns(by, answer, judged, window)}
          rows={answer.groups}
          keyOf={(row) => keyOf(row.group)}
          sort={search.sort}
          onSort={(sort) => change({ sort }, true)}
          onOpen={(row) => row.filter !== null && navigate({ to: "/traces", search: tracesOf(search, window, row.filter) })}
          keys
        />
        {answer.more_groups > 0 && <p className="muted">{count(answer.more_groups)} more groups.</p>}
      </section>
      {answer.versions.length > 0 && (
        <section className="scrolled">
          <h2>Versions of the index</h2>
          <DataTable
            label="Versions of the index"
            rows={answer.versions}
            keyOf={(row) => `${row.retriever} ${row.index_version}`}
            columns={[
              { id: "retriever", title: "Retriever", cell: (row) => row.retriever },
              {
                id: "version",
                title: "Version",
                cell: (row) => (
                  <Named
                    name={row.index_version}
                    window={window}
                    filter={`${ofKind} and index_version = '${row.index_version.replaceAll("'", "''")}'`}
                  />
                ),
              },
              { id: "first", title: "First searched", cell: (row) => clock(row.first) },
              { id: "last", title: "Last searched", cell: (row) => clock(row.last) },
              { id: "n", title: "Searches here", numeric: true, cell: (row) => count(row.retrievals) },
            ]}
          />
        </section>
      )}
      {read.isError ? (
        <Failed error={read.error} />
      ) : read.data ? (
        <Found answer={read.data} />
      ) : (
        <Loading what="what was found" />
      )}
      <Drifted kind={kind} />
    </>
  );
}

function Judged({ answer, names, score, k }: { answer: RelevanceAnswer; names: string[]; score: string; k: number }) {
  const { change } = useAsked<QualitySearch>();
  const { total, window } = answer;
  const tiles: [string, Mean, string][] = [
    [`Precision@${k}`, total.precision, "Of the first judged documents: those that are relevant"],
    [`nDCG@${k}`, total.ndcg, "1 for the best order of what was judged"],
    ["MRR", total.reciprocal_rank, "1 ÷ the place of the first relevant document, on average"],
    ["Hit rate", total.hit, "Searches with a relevant document among them"],
  ];
  return (
    <section className="scrolled">
      <div className="with-controls">
        <h2>Relevance</h2>
        <NativeSelect
          size="xs"
          aria-label="By which score"
          value={score}
          data={[...new Set(names)]}
          onChange={(e) => change({ score: e.currentTarget.value })}
        />
        <NativeSelect
          size="xs"
          aria-label="Documents that are looked at"
          value={String(k)}
          data={[...new Set([1, 3, 5, 10, 20, k])]
            .sort((a, b) => a - b)
            .map((n) => ({ value: String(n), label: `the first ${n}` }))}
          onChange={(e) => change({ k: e.currentTarget.value === "5" ? undefined : e.currentTarget.value })}
        />
        <span className="muted">
          of {count(total.retrievals)} searches, by {answer.sources.map((one) => one.author || one.source).join(", ")};{" "}
          {percent(total.judged)} of their first {k} documents were judged, the others are left out
        </span>
      </div>
      <div className="tiles">
        {tiles.map(([label, mean, hint]) => (
          <Tile
            key={label}
            label={label}
            value={mean.value === null ? UNKNOWN : mean.value.toFixed(2)}
            window={window}
            filter={null}
            hint={hint}
          >
            <span className="muted">{spread(mean)}</span>
          </Tile>
        ))}
      </div>
      {answer.sources.some((one) => one.source === "judge") && (
        <p className="muted small">As the judge says, not corrected: its calibration is on the tab beside.</p>
      )}
    </section>
  );
}

function columns(
  by: string[],
  answer: RetrievalAnswer,
  judged: RelevanceAnswer | undefined,
  window: RetrievalAnswer["window"],
): DataColumn<RetrievalGroup>[] {
  const rank = new Map(answer.groups.map((row, index) => [keyOf(row.group), index]));
  const relevant = new Map(judged?.groups.map((row) => [keyOf(row.group), row]));
  const meanOf = (of: Mean) => (
    <span className="ranged" title={`95 % interval, of ${count(of.n)}`}>
      <b>{number(of.value)}</b> {of.interval && <span className="muted">{between2(of.interval)}</span>}
    </span>
  );
  return [
    {
      id: "group",
      title: by.join(", "),
      sort: (row) => groupName(row.group),
      cell: (row) => (
        <span className="named">
          <i className="dot" style={{ background: `var(${colourOf(rank.get(keyOf(row.group)) ?? answer.groups.length)})` }} />
          <Named name={groupName(row.group)} window={window} filter={row.filter} />
        </span>
      ),
    },
    { id: "n", title: "Searches", numeric: true, sort: (row) => row.retrievals, cell: (row) => count(row.retrievals) },
    { id: "top", title: "Top score", sort: (row) => row.top_score.value, cell: (row) => meanOf(row.top_score) },
    { id: "gap", title: "Gap", sort: (row) => row.gap.value, cell: (row) => meanOf(row.gap) },
    {
      id: "empty",
      title: "Nothing found",
      sort: (row) => row.empty.share,
      cell: (row) => (
        <span title={row.empty.interval ? between(row.empty.interval) : ""}>
          {percent(row.empty.share)} {row.empty_trace_ids.length > 0 && <TraceIds ids={row.empty_trace_ids.slice(0, 2)} />}
        </span>
      ),
    },
    ...(judged
      ? [
          {
            id: "ndcg",
            title: `nDCG@${judged.k}`,
            sort: (row: RetrievalGroup) => relevant.get(keyOf(row.group))?.ndcg.value ?? null,
            cell: (row: RetrievalGroup) => {
              const of = relevant.get(keyOf(row.group));
              return of ? meanOf(of.ndcg) : <span className="muted">{UNKNOWN}</span>;
            },
          },
          {
            id: "worst",
            title: "Worst",
            cell: (row: RetrievalGroup) => <TraceIds ids={relevant.get(keyOf(row.group))?.worst_trace_ids.slice(0, 2) ?? []} />,
          },
        ]
      : []),
  ];
}

function Found({ answer }: { answer: DocumentsAnswer }) {
  const cites = answer.using.of > 0;
  return (
    <section className="scrolled">
      <h2>Documents</h2>
      <p className="muted">
        Read of {count(answer.read)} searches
        {answer.read < answer.retrievals && ` of ${count(answer.retrievals)}, picked by chance`}:{" "}
        {answer.duplicates.of > 0 ? (
          <>
            {percent(answer.duplicates.share)} found one document twice <TraceIds ids={answer.duplicates.trace_ids.slice(0, 3)} />
          </>
        ) : (
          "none found one document twice"
        )}
        ; the first stands {number(answer.first_gap.value)} before the second
        {answer.first_gap.interval && ` (${between2(answer.first_gap.interval)})`}.
      </p>
      {cites ? (
        <>
          <p className="muted">
            {count(answer.never_used)} of {count(answer.known_documents)} documents were used by no answer. Used: the answer names
            the document, points at its place, or repeats six words of it in a row.
          </p>
          <DataTable
            label="Documents that are least used"
            rows={answer.documents}
            keyOf={(row) => row.document}
            columns={[
              {
                id: "document",
                title: "Document",
                wide: true,
                cell: (row: FoundDocument) => (
                  <>
                    <span className="mono">{row.document}</span>
                    {row.content && <div className="muted small lines">{row.content}</div>}
                  </>
                ),
              },
              { id: "found", title: "Found", numeric: true, cell: (row) => count(row.found) },
              {
                id: "used",
                title: "Used",
                numeric: true,
                cell: (row) => (
                  <span className="barred" title={row.used.interval ? between(row.used.interval) : ""}>
                    <ShareBar share={row.used.share} /> {count(row.used.of)} ({percent(row.used.share)})
                  </span>
                ),
              },
              { id: "rank", title: "Mean place", numeric: true, cell: (row) => row.mean_rank.toFixed(1) },
              { id: "ids", title: "Found in", cell: (row) => <TraceIds ids={row.trace_ids.slice(0, 3)} /> },
            ]}
          />
        </>
      ) : (
        <p className="note">
          No answer here names a document, points at one or repeats one, so nothing can be said of documents that are never used.
        </p>
      )}
    </section>
  );
}

function Drifted({ kind }: { kind: Kind }) {
  const { search, asked } = useAsked<QualitySearch>();
  const { from } = windowOf(search);
  const found = useQuery(drift({ ...asked, kind }, from !== undefined));
  return (
    <section className="scrolled">
      <h2>What is searched for</h2>
      {from === undefined ? (
        <p className="note">Choose a window that begins somewhere: it is compared with the one before it.</p>
      ) : found.isError ? (
        <Failed error={found.error} retry={() => found.refetch()} />
      ) : found.data ? (
        <Moved answer={found.data} />
      ) : (
        <Loading what="the queries" />
      )}
    </section>
  );
}

function Moved({ answer }: { answer: DriftAnswer }) {
  const { drift: moved, embeddings } = answer;
  if (!answer.queries || !answer.previous_queries)
    return (
      <p className="note">
        No query is known {answer.queries ? "in the window before" : "here"}, so there is nothing to compare.
      </p>
    );
  const told = moved.moved
    ? "The queries are other than in the window before."
    : moved.enough
      ? "The queries are as in the window before, as far as chance allows."
      : `Too little to tell: each window needs five ${answer.block}s with queries.`;
  return (
    <>
      <p className={moved.moved ? "note warned" : "note"}>
        {told}{" "}
        <span className="muted">
          Distance {moved.distance.toFixed(3)}, where {answer.block}s exchanged at random come to {moved.expected.toFixed(3)} and
          exceed {moved.high.toFixed(3)} once in twenty times; p = {moved.p_value.toPrecision(2)}, {count(answer.queries)} against{" "}
          {count(answer.previous_queries)} queries.
          {embeddings &&
            ` Embeddings (${count(embeddings.vectors)}): ${embeddings.moved ? "moved" : embeddings.enough ? "not moved" : "too few"}, p = ${embeddings.p_value.toPrecision(2)}.`}
        </span>
      </p>
      {moved.moved && answer.unusual.length > 0 && (
        <DataTable
          label="Queries that are the least like before"
          rows={answer.unusual}
          keyOf={(row) => row.query}
          columns={[
            { id: "query", title: "Least like before", wide: true, cell: (row) => row.query },
            { id: "times", title: "Times", numeric: true, cell: (row) => count(row.times) },
            {
              id: "more",
              title: "As frequent",
              numeric: true,
              hint: "How many times as frequent its 3-grams have become",
              cell: (row) => `${row.more.toFixed(1)} ×`,
            },
            { id: "trace", title: "One of them", cell: (row) => <TraceIds ids={[row.trace_id]} /> },
          ]}
        />
      )}
    </>
  );
}

function spread(of: Mean): string {
  if (of.value === null) return "unknown";
  return of.interval ? `${between2(of.interval)}, of ${count(of.n)}` : `of ${count(of.n)}`;
}

const between = ([low, high]: [number, number]) => `${percent(low)} to ${percent(high)}`;
const between2 = ([low, high]: [number, number]) => `${number(low)} to ${number(high)}`;
