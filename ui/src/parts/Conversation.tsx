// Messages as a conversation. All of it is somebody else's text: shown as text, links and images never fetched.
import type { Message, Part } from "../api/client";
import { text } from "./format";

export function Conversation({ messages }: { messages: readonly Message[] }) {
  return messages.map((message, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: turns have no id and never move
    <article key={index} className="turn" data-role={message.role}>
      <header>
        <span>
          {message.role}
          {message.name ? ` · ${message.name}` : ""}
        </span>
        {message.finish_reason && <span>{message.finish_reason}</span>}
      </header>
      {message.parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <PartView key={i} part={part} />
      ))}
    </article>
  ));
}

const MEDIA = new Set(["image", "audio", "file"]);

function PartView({ part }: { part: Part }) {
  if (part.type === "tool_call")
    return (
      <div className="call">
        <div>
          calls <b>{part.tool_name ?? "a tool"}</b> {part.tool_call_id && <span className="muted mono">{part.tool_call_id}</span>}
        </div>
        <Value value={part.arguments} />
      </div>
    );
  if (part.type === "tool_result")
    return (
      <div className="call">
        <div>
          result{part.tool_name ? ` of ${part.tool_name}` : ""}{" "}
          {part.tool_call_id && <span className="muted mono">{part.tool_call_id}</span>}
        </div>
        <Value value={part.result} />
      </div>
    );
  if (MEDIA.has(part.type))
    return (
      <div className="said muted">
        [{part.type} {part.mime_type ?? ""}] <span className="mono">{(part.uri ?? "").slice(0, 200)}</span>
      </div>
    );
  if (part.type === "other") return <Value value={part.raw} />;
  return <div className={part.type === "reasoning" ? "said reasoning" : "said"}>{part.text}</div>;
}

/** Anything: text as text, the rest as JSON. */
export function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? <div className="said">{value}</div> : <pre className="code">{text(value)}</pre>;
}
