// The reading pane: what went in and came out of one span, what it decided, what it cost, and everything the sender said.
import { Loader, Tabs, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { memo, useState } from "react";
import type { Doc, SpanDetail, SpanEvent } from "../api/client";
import { Clipped } from "../kit/Clipped";
import { Copy } from "../kit/Copy";
import { Conversation, Value } from "./Conversation";
import { CostBar } from "./CostBar";
import { costing, partsOf } from "./costs";
import { count, duration, offset, text, UNKNOWN, usd, usdChange } from "./format";
import { Kind } from "./Marks";
import { inWords, type Standing } from "./Standing";
import { VIEWS, type View } from "./views";

const FIGURES: [string, string, (v: number | null) => string][] = [
  ["duration_ns", "Duration", duration],
  ["ttft_ns", "First token", duration],
  ["output_tokens_per_second", "Output tokens/s", (v) => (v === null ? UNKNOWN : v.toFixed(1))],
  ["input_tokens", "Input tokens", count],
  ["cache_read_tokens", "from cache", count],
  ["cache_write_tokens", "written to cache", count],
  ["output_tokens", "Output tokens", count],
  ["reasoning_tokens", "reasoning", count],
];
const WORDS: [string, string][] = [
  ["model", "Model"],
  ["request_model", "asked for"],
  ["provider", "Provider"],
  ["finish_reason", "Finished by"],
  ["tool_name", "Tool"],
  ["agent_name", "Agent"],
  ["query", "Query"],
  ["prompt_name", "Prompt"],
  ["prompt_version", "version"],
  ["index_version", "Index"],
  ["task", "Task"],
  ["stage", "Stage"],
  ["user_id", "User"],
  ["session_id", "Session"],
  ["tenant", "Tenant"],
  ["release", "Release"],
  ["environment", "Environment"],
];

const SILENT: Record<string, string> = {
  empty_output: "The model answered nothing: no text, no tool call.",
  refusal: "The model or its provider's filter would not answer.",
  malformed_json: "JSON was asked for, and the answer is none.",
  malformed_arguments: "The model called a tool with arguments that are no JSON.",
  cut_off: "The answer ends at the token limit.",
  tool_error_ignored: "This tool failed, nothing made up for it, and the request ended well.",
  no_documents: "The search found nothing.",
};

/** How far a replay has come with a span: `events` of its events have happened. */
export type Reached = { state: "ahead" | "running" | "over"; events: number };

type Props = {
  span: SpanDetail;
  loading: boolean;
  /** how slow it is among its like */
  standing?: Standing | undefined;
  reached: Reached["state"];
  happened: number;
  view: View;
  onView: (view: View) => void;
};

// memo: a replay moves sixty times a second, what is read here only when something happens
export const SpanReader = memo(function SpanReader({ span, loading, standing, reached, happened, view, onView }: Props) {
  const { content } = span;
  const failure = span.events.find((event) => event.name === "exception");
  const nothing =
    !content.input_messages?.length &&
    !content.output_messages?.length &&
    !content.documents?.length &&
    !content.input_documents?.length &&
    content.input_value == null &&
    content.output_value == null &&
    content.decision == null &&
    content.state == null;
  const over = reached === "over";
  const events = span.events.slice(0, happened);
  return (
    <div className="reader" aria-label={`Span ${span.name}`} role="region">
      <div style={{ display: "flex", gap: 8, alignItems: "center", flexWrap: "wrap", marginBottom: 8 }}>
        <h2>{span.name}</h2>
        <Kind kind={span.kind} />
        {!span.settled && <span className="chip">not settled yet</span>}
        {loading && <Loader size={14} color="var(--accent)" />}
        <span style={{ flex: 1 }} />
        <span className="mono muted">{span.span_id}</span>
        <Copy value={span.span_id} what="span id" />
      </div>
      {over && span.status === "error" && (
        <div className="error-box" role="alert">
          <b>{fact(span, "error_type") ?? "error"}</b> {span.status_message ? String(span.status_message) : ""}
          {failure && (
            <details>
              <summary>{String(failure.attributes?.["exception.type"] ?? "exception")}</summary>
              <pre className="code">
                {text(failure.attributes?.["exception.stacktrace"] ?? failure.attributes?.["exception.message"] ?? "")}
              </pre>
            </details>
          )}
        </div>
      )}
      {over && span.silent_failure ? (
        <div className="warn-box" role="note">
          <b>{String(span.silent_failure)}</b> {SILENT[String(span.silent_failure)] ?? ""}
        </div>
      ) : null}
      <Tabs value={view} onChange={(said) => onView(VIEWS.find((name) => name === said) ?? "content")} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="content">Content</Tabs.Tab>
          <Tabs.Tab value="facts">Facts</Tabs.Tab>
          <Tabs.Tab value="events">
            Events {span.events.length > 0 && <span className="muted">{span.events.length}</span>}
          </Tabs.Tab>
          <Tabs.Tab value="attributes">Attributes</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="content">
          {over && <Figures span={span} />}
          {over && standing && <p className="muted standing">{inWords(standing)}</p>}
          {over && <Costs span={span} />}
          {reached === "ahead" && <p className="muted">It has not begun yet.</p>}
          {reached !== "ahead" && (
            <>
              {content.expired && <p className="muted">Content expired by policy; the facts are kept.</p>}
              {over && content.decision != null && <Decision said={content.decision} />}
              {content.tool_call && (
                <>
                  <h3>Tool call: {content.tool_call.name ?? "unnamed"}</h3>
                  {content.tool_call.description && <p className="muted">{content.tool_call.description}</p>}
                  <Value value={content.tool_call.arguments} />
                  {over && content.tool_call.result != null && (
                    <>
                      <h3>Result</h3>
                      <Value value={content.tool_call.result} />
                    </>
                  )}
                </>
              )}
              {(content.input_messages?.length ?? 0) > 0 && <h3>Input</h3>}
              <Conversation messages={content.input_messages ?? []} />
              {!content.tool_call && content.input_value != null && (
                <>
                  <h3>Input</h3>
                  <Said value={content.input_value} />
                </>
              )}
              <Documents title="Documents to rank" documents={content.input_documents ?? []} />
              {!over && <p className="muted">It is still running.</p>}
              {over && (
                <>
                  <Documents title="Documents" documents={content.documents ?? []} />
                  {(content.output_messages?.length ?? 0) > 0 && <h3>Output</h3>}
                  <Conversation messages={content.output_messages ?? []} />
                  {!content.tool_call && content.output_value != null && (
                    <>
                      <h3>Output</h3>
                      <Said value={content.output_value} />
                    </>
                  )}
                  {content.state != null && <State said={content.state} />}
                </>
              )}
              {(content.tool_definitions?.length ?? 0) > 0 && (
                <details>
                  <summary className="muted">{content.tool_definitions?.length} tools it could call</summary>
                  <Value value={content.tool_definitions} />
                </details>
              )}
              {nothing && !content.tool_call && !loading && (
                <p className="muted">The sender recorded no content for this span.</p>
              )}
            </>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="facts">
          <dl className="facts" style={{ paddingTop: 12 }}>
            {Object.entries(span)
              .filter(([name, value]) => !NO_FACTS.has(name) && value !== null && value !== "")
              .map(([name, value]) => (
                <div key={name} style={{ display: "contents" }}>
                  <dt className="mono">{name}</dt>
                  <dd className="mono">{text(value)}</dd>
                </div>
              ))}
          </dl>
        </Tabs.Panel>
        <Tabs.Panel value="events">
          <Events events={events} hidden={span.events.length - events.length} from={BigInt(span.start_ns)} />
          {span.links.length > 0 && (
            <>
              <h3>Links</h3>
              {span.links.map((link) => (
                <article key={`${link.trace_id} ${link.span_id}`} className="doc">
                  <Link
                    to="/traces/$id"
                    params={{ id: link.trace_id }}
                    search={{ project: span.project, span: link.span_id }}
                    className="mono"
                  >
                    {link.trace_id} · {link.span_id}
                  </Link>
                  {Object.keys(link.attributes ?? {}).length > 0 && <Value value={link.attributes} />}
                </article>
              ))}
            </>
          )}
          {span.scores.length > 0 && (
            <>
              <h3>Scores</h3>
              <Value value={span.scores} />
            </>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="attributes">
          <Attributes title="Attributes" of={span.attributes} />
          <Attributes title="Resource" of={span.resource} />
          <Attributes title="Scope" of={span.scope} />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
});

const NO_FACTS = new Set(["attributes", "resource", "scope", "content", "events", "links", "scores"]);

/** What was said outside a conversation, in the same frame. */
export function Said({ value }: { value: unknown }) {
  return typeof value === "string" ? (
    <div className="turn">
      <Value value={value} />
    </div>
  ) : (
    <Value value={value} />
  );
}

function fact(span: SpanDetail, name: string): string | null {
  const value = span[name];
  return value === null || value === undefined ? null : String(value);
}

function Figures({ span }: { span: SpanDetail }) {
  return (
    <div style={{ display: "flex", flexWrap: "wrap", gap: "2px 18px", padding: "10px 0 4px" }}>
      {FIGURES.filter(([name]) => span[name] !== null && span[name] !== undefined).map(([name, label, show]) => (
        <dl key={name} className="figure" style={{ margin: 0 }}>
          <dt>{label}</dt>
          <dd>{show(span[name] as number)}</dd>
        </dl>
      ))}
      {WORDS.filter(([name]) => fact(span, name) && !(name === "request_model" && span.request_model === span.model)).map(
        ([name, label]) => (
          <dl key={name} className="figure" style={{ margin: 0, maxWidth: "100%" }}>
            <dt>{label}</dt>
            <dd className="cut" title={fact(span, name) ?? ""}>
              {fact(span, name)}
            </dd>
          </dl>
        ),
      )}
    </div>
  );
}

/** What the span cost and by which price, what the sender says that it cost; or why there is no cost. */
function Costs({ span }: { span: SpanDetail }) {
  const why = costing(span);
  const own = why === "priced" ? (span.cost_usd as number) : null;
  const reported = span.reported_cost_usd as number | null | undefined;
  if (why === "none" && reported == null) return null;
  return (
    <div className="span-cost" role="group" aria-label="Cost">
      <div className="line">
        <span className="muted">Cost</span>
        {own !== null && <b>{usd(own)}</b>}
        {why === "unpriced" && (
          <span className="chip" title="Its tokens are known, a price for them is not">
            unpriced
          </span>
        )}
        {why === "below" && <span className="muted">Its usage is counted on a span below it.</span>}
        {fact(span, "price") && (
          <span>
            <span className="muted">by price</span> <span className="mono">{fact(span, "price")}</span>
          </span>
        )}
        {fact(span, "service_tier") && (
          <span>
            <span className="muted">tier</span> {fact(span, "service_tier")}
          </span>
        )}
        {span.served_from_cache === true && <span className="muted">answered by the application's own cache</span>}
        {reported != null && (
          <span>
            <span className="muted">the sender says</span> {usd(reported)}
            {own !== null && (
              <span className="muted"> ({reported === own ? "the same" : `${usdChange(reported - own)} against ours`})</span>
            )}
          </span>
        )}
      </div>
      {own !== null && <CostBar label="Parts of the cost" cost={partsOf(span)} />}
    </div>
  );
}

export function Documents({ title, documents }: { title: string; documents: readonly Doc[] }) {
  if (!documents.length) return null;
  const best = Math.max(...documents.map((d) => d.score ?? 0), 1e-9);
  return (
    <>
      <h3>
        {title} <span className="muted">{documents.length}</span>
      </h3>
      {documents.map((d) => (
        <article key={`${d.rank} ${d.id}`} className="doc">
          <header>
            <span className="muted">{d.rank}</span>
            <b className="cut">{d.id ?? "document"}</b>
            <span style={{ flex: 1 }} />
            {d.score != null && (
              <>
                <span className="score" aria-hidden="true">
                  <i style={{ width: `${Math.max(0, (d.score / best) * 100)}%` }} />
                </span>
                <span className="num">{d.score.toFixed(3)}</span>
              </>
            )}
          </header>
          {d.content && (
            <div className="text">
              <Clipped>{d.content}</Clipped>
            </div>
          )}
          {d.metadata != null && <div className="mono muted cut">{text(d.metadata).replaceAll(/\s+/g, " ")}</div>}
        </article>
      ))}
    </>
  );
}

function Decision({ said }: { said: unknown }) {
  if (typeof said !== "object" || said === null || Array.isArray(said)) return <Titled title="Decision" value={said} />;
  const { chosen, alternatives, reason, confidence, ...rest } = said as Record<string, unknown>;
  return (
    <>
      <h3>Decision</h3>
      <dl className="facts">
        <dt>chose</dt>
        <dd>
          <b>{text(chosen)}</b>
          {typeof confidence === "number" && <span className="muted"> · {Math.round(confidence * 100)}% sure</span>}
        </dd>
        {alternatives != null && (
          <>
            <dt>instead of</dt>
            <dd>{Array.isArray(alternatives) ? alternatives.map((a) => text(a)).join(", ") : text(alternatives)}</dd>
          </>
        )}
        {reason != null && (
          <>
            <dt>because</dt>
            <dd>{text(reason)}</dd>
          </>
        )}
      </dl>
      {Object.keys(rest).length > 0 && <Value value={rest} />}
    </>
  );
}

/** Before beside after, what changed marked. */
function State({ said }: { said: unknown }) {
  const { before, after } = (said ?? {}) as { before?: unknown; after?: unknown };
  if (typeof said !== "object" || said === null || !("before" in said || "after" in said))
    return <Titled title="State" value={said} />;
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  return (
    <>
      <h3>State</h3>
      <table className="attrs state-change">
        <thead>
          <tr>
            <th />
            <th>before</th>
            <th>after</th>
          </tr>
        </thead>
        <tbody>
          {[...new Set([...was.keys(), ...is.keys()])].map((name) => (
            <tr key={name} data-changed={text(was.get(name)) !== text(is.get(name))}>
              <td>{name}</td>
              <td className="text">
                <Clipped>{text(was.get(name))}</Clipped>
              </td>
              <td className="text">
                <Clipped>{text(is.get(name))}</Clipped>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function fieldsOf(state: unknown): Map<string, unknown> {
  if (state === null || state === undefined) return new Map();
  return new Map(typeof state === "object" && !Array.isArray(state) ? Object.entries(state) : [["", state]]);
}

function Titled({ title, value }: { title: string; value: unknown }) {
  return (
    <>
      <h3>{title}</h3>
      <Value value={value} />
    </>
  );
}

function Events({ events, hidden, from }: { events: readonly SpanEvent[]; hidden: number; from: bigint }) {
  if (!events.length && !hidden) return <p className="muted">No events.</p>;
  return (
    <>
      {events.slice(0, 500).map((event, index) => (
        <article key={index} className="doc" style={{ marginTop: 8 }}>
          <header>
            <b>{event.name || "log record"}</b>
            <span className="chip">{event.source}</span>
            {event.severity && <span className="muted">{event.severity}</span>}
            <span style={{ flex: 1 }} />
            <span className="num muted" title={event.time}>
              {offset(BigInt(event.time_ns) - from)}
            </span>
          </header>
          <Value value={event.body} />
          {Object.keys(event.attributes ?? {}).length > 0 && <Value value={event.attributes} />}
        </article>
      ))}
      {events.length > 500 && <p className="muted">{events.length - 500} more events are not shown.</p>}
      {hidden > 0 && <p className="muted">{hidden} more happen later.</p>}
    </>
  );
}

function Attributes({ title, of }: { title: string; of: Record<string, unknown> }) {
  const [wanted, setWanted] = useState("");
  const all = Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = all.filter(([key, value]) => `${key} ${text(value)}`.toLowerCase().includes(wanted.toLowerCase()));
  if (!all.length) return null;
  return (
    <>
      <div style={{ display: "flex", alignItems: "end", gap: 8 }}>
        <h3>
          {title} <span className="muted">{all.length}</span>{" "}
          <Copy value={JSON.stringify(of, null, 2)} what={title.toLowerCase()} />
        </h3>
        <span style={{ flex: 1 }} />
        {all.length > 8 && (
          <TextInput
            size="xs"
            placeholder="Search"
            aria-label={`Search ${title.toLowerCase()}`}
            value={wanted}
            onChange={(e) => setWanted(e.currentTarget.value)}
          />
        )}
      </div>
      <table className="attrs mono">
        <tbody>
          {shown.map(([key, value]) => (
            <tr key={key}>
              <td>{key}</td>
              <td className="text">
                <Clipped>{text(value)}</Clipped>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
