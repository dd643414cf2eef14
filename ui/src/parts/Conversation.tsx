// Messages as a conversation. All of it is somebody else's text: shown as text, nothing in it is ever fetched.
import type { Message, Part } from "../api/client";
import { Clipped } from "../kit/Clipped";
import { text } from "./format";

export function Conversation({ messages }: { messages: readonly Message[] }) {
  return messages.map((message, index) => (
    <article key={index} className="turn" data-role={message.role}>
      <header>
        <span>
          {message.role}
          {message.name ? ` · ${message.name}` : ""}
        </span>
        {message.finish_reason && <span>{message.finish_reason}</span>}
      </header>
      {message.parts.map((part, i) => (
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
  if (MEDIA.has(part.type)) return <Media part={part} />;
  if (part.type === "other") return <Value value={part.raw} />;
  return (
    <div className={part.type === "reasoning" ? "said reasoning" : "said"}>
      <Clipped>{part.text ?? ""}</Clipped>
    </div>
  );
}

const INLINE_IMAGE = /^data:image\/(png|jpeg|gif|webp);base64,/;

/** An image that came inside the trace is shown; what is elsewhere is a link that nobody follows but the reader. */
function Media({ part }: { part: Part }) {
  const uri = part.uri ?? "";
  if (part.type === "image" && INLINE_IMAGE.test(uri)) return <img className="media" src={uri} alt="Part of the message" />;
  return (
    <div className="said muted">
      {part.type} {part.mime_type ?? ""}{" "}
      {/^https?:\/\//i.test(uri) ? (
        <a href={uri} target="_blank" rel="noopener noreferrer nofollow">
          {uri.slice(0, 200)}
        </a>
      ) : (
        <span className="mono">{uri.slice(0, 200)}</span>
      )}
    </div>
  );
}

/** Anything: text as text, the rest as JSON. */
export function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return null;
  if (typeof value === "string")
    return (
      <div className="said">
        <Clipped>{value}</Clipped>
      </div>
    );
  return (
    <pre className="code">
      <Clipped>{text(value)}</Clipped>
    </pre>
  );
}
