// What is to be judged, as a person reads it: the question, the documents, the answer. Nothing of any verdict.
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Doc, Message, SpanDetail, TraceDetail } from "../../api/client";
import { get } from "../../api/client";
import { trace as traceQuery } from "../../api/queries";
import type { Item } from "../../api/reviews";
import { Empty, Failed, Loading } from "../../kit/States";
import { Conversation } from "../../parts/Conversation";
import { inQuotes } from "../../parts/complete";
import { clock } from "../../parts/format";
import { Documents, Said } from "../../parts/SpanReader";

export function Unit({ item, project }: { item: Item; project: string }) {
  return item.target === "session" ? <Session id={item.session_id} project={project} /> : <Trace item={item} project={project} />;
}

function Trace({ item, project }: { item: Item; project: string }) {
  const found = useQuery({ ...traceQuery(project, item.trace_id), staleTime: 60_000 });
  if (found.isPending) return <Loading what="what is to be judged" />;
  if (found.isError) return <Failed error={found.error} retry={() => found.refetch()} />;
  return <Case trace={found.data} spanId={item.target === "span" ? item.span_id : null} project={project} />;
}

function Session({ id, project }: { id: string; project: string }) {
  const filter = `session_id = ${inQuotes(id)}`;
  const list = useQuery({
    queryKey: ["session", project, id],
    queryFn: ({ signal }) =>
      get<{ traces: { trace_id: string }[] }>("/traces", { project, filter, order: "start", limit: 50 }, signal),
    staleTime: 60_000,
  });
  const ids = list.data?.traces.map((one) => one.trace_id) ?? [];
  const each = useQueries({ queries: ids.map((one) => ({ ...traceQuery(project, one), staleTime: 60_000 })) });
  if (list.isError) return <Failed error={list.error} retry={() => list.refetch()} />;
  if (list.isPending) return <Loading what="the session" />;
  if (!ids.length)
    return (
      <Empty title="The session is not here any more">
        <span>Skip it.</span>
      </Empty>
    );
  return each.map((found, index) => (
    <section key={ids[index]} className="turn-of-session">
      {found.data ? <Case trace={found.data} spanId={null} project={project} /> : <Loading what={`request ${index + 1}`} />}
    </section>
  ));
}

function Case({ trace, spanId, project }: { trace: TraceDetail; spanId: string | null; project: string }) {
  const { question, documents, answer, before, empty } = readCase(trace, spanId);
  return (
    <article className="case" aria-label="What is to be judged">
      <header className="muted">
        <b>{trace.name}</b> {clock(trace.start)}{" "}
        <Link
          to="/traces/$id"
          params={{ id: trace.trace_id }}
          search={{ project, ...(spanId && { span: spanId }) }}
          target="_blank"
        >
          the whole trace
        </Link>
      </header>
      {empty && (
        <p className="note">
          {trace.truncated
            ? "This trace is too long to be shown here: open the whole trace."
            : "Its content is not here: it was never sent, or has expired. Open the whole trace, or skip it."}
        </p>
      )}
      {question !== null && (
        <>
          <h3>Question</h3>
          <Shown of={question} />
        </>
      )}
      {before.length > 0 && (
        <details>
          <summary className="muted">{before.length} messages before it</summary>
          <Conversation messages={before} />
        </details>
      )}
      <Documents title="Documents" documents={documents} />
      {answer !== null && (
        <>
          <h3>Answer</h3>
          <Shown of={answer} />
        </>
      )}
    </article>
  );
}

type Words = { messages: Message[] } | { value: unknown };

function Shown({ of }: { of: Words }) {
  return "messages" in of ? <Conversation messages={of.messages} /> : <Said value={of.value} />;
}

/** Question, documents and answer of a trace, or of one of its spans with the documents that it had. */
export function readCase(trace: Pick<TraceDetail, "spans">, spanId: string | null) {
  const root = trace.spans.find((span) => span.parent_span_id === null) ?? trace.spans[0];
  const subject = spanId === null ? root : trace.spans.find((span) => span.span_id === spanId);
  const calls = trace.spans.filter((span) => (span.content.output_messages?.length ?? 0) > 0);
  const call = spanId === null ? calls.at(-1) : subject;
  const asked = call?.content.input_messages ?? [];
  const lastUser = asked.findLastIndex((message) => message.role === "user");
  const question = pick(subject?.content.input_value, lastUser >= 0 ? asked.slice(lastUser, lastUser + 1) : []);
  const answer = pick(subject?.content.output_value, call?.content.output_messages ?? []);
  const own = documentsOf(subject ? [subject] : []);
  const documents = own.length ? own : documentsOf(trace.spans);
  return {
    question,
    answer,
    documents,
    before: asked.filter((_, index) => index !== lastUser),
    empty: question === null && answer === null && documents.length === 0,
  };
}

function pick(value: unknown, messages: Message[]): Words | null {
  if (messages.length) return { messages };
  return value === null || value === undefined ? null : { value };
}

/** Each document once, under the highest rank it had. */
function documentsOf(spans: readonly SpanDetail[]): Doc[] {
  const seen = new Map<string, Doc>();
  for (const doc of spans.flatMap((span) => span.content.documents ?? [])) {
    const key = `${doc.id} ${doc.content}`;
    if (!seen.has(key)) seen.set(key, doc);
  }
  return [...seen.values()];
}
