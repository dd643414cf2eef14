// Small marks that say what a span or trace is: kind, status, error type.
import type { CSSProperties } from "react";

const KINDS = new Set(["llm", "embedding", "retrieval", "rerank", "tool", "agent", "guardrail", "chain", "request", "evaluator"]);

export function kindColour(kind: string | null): string {
  return `var(--k-${kind && KINDS.has(kind) ? kind : "other"})`;
}

export function Kind({ kind }: { kind: string }) {
  return (
    <span className="chip">
      <i className="dot" style={{ background: kindColour(kind) } satisfies CSSProperties} />
      {kind}
    </span>
  );
}

export function Status({ status, errors = 0 }: { status: string; errors?: number }) {
  if (status === "error") return <span className="chip bad">error</span>;
  if (errors > 0)
    return (
      <span className="chip" title={`${errors} of its spans failed; the request did not`}>
        {status === "unset" ? "–" : status} · {errors} inside
      </span>
    );
  return <span className="muted">{status === "unset" ? "–" : status}</span>;
}
