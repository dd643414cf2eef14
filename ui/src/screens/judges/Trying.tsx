// A definition tried on one target, before it is switched on: its verdict, and what the model was asked.
import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Definition, tryJudge } from "../../api/judges";
import { duration, usd } from "../../parts/format";
import { useAsked } from "../../parts/useAsked";
import type { JudgesSearch } from "./url";

export function Trying({ definition }: { definition: Definition }) {
  const { search, project, change } = useAsked<JudgesSearch>();
  const tried = useMutation({
    mutationFn: () => tryJudge(project, { definition, trace_id: search.trace ?? "", span_id: search.span ?? "", session_id: "" }),
  });
  const came = tried.data;
  return (
    <section className="panel" aria-label="Try it">
      <h2>Try it</h2>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          tried.mutate();
        }}
      >
        <div className="pair">
          <TextInput
            size="xs"
            label="Trace"
            placeholder="the latest that matches"
            className="mono-input"
            value={search.trace ?? ""}
            onChange={(e) => change({ trace: e.currentTarget.value.trim() || undefined }, true)}
          />
          {definition.target === "span" && (
            <TextInput
              size="xs"
              label="Span"
              className="mono-input"
              value={search.span ?? ""}
              onChange={(e) => change({ span: e.currentTarget.value.trim() || undefined }, true)}
            />
          )}
        </div>
        <div className="buttons">
          <Button size="xs" variant="default" type="submit" loading={tried.isPending}>
            Try
          </Button>
          <span className="muted">Its verdict is stored nowhere</span>
        </div>
      </form>
      {tried.isError && (
        <p className="fault" role="alert">
          {tried.error.message}
        </p>
      )}
      {came && (
        <div className="tried" aria-live="polite">
          {came.error ? (
            <p className="fault" role="alert">
              {came.error}
            </p>
          ) : (
            <p>
              <b className="chip">{came.label ?? came.value}</b>{" "}
              {came.label && came.value !== null && <span className="muted">{came.value} </span>}
              <span className="muted">
                {duration(came.latency_ns)} {usd(came.cost_usd)}
              </span>
            </p>
          )}
          {came.explanation && <p className="said">{came.explanation}</p>}
          {came.trace_id && (
            <p>
              <Link
                to="/traces/$id"
                params={{ id: came.trace_id }}
                search={{ project, ...(came.span_id && { span: came.span_id }) }}
                className="mono"
              >
                {came.trace_id.slice(0, 8)}
              </Link>
            </p>
          )}
          {came.prompt && (
            <details>
              <summary>What the model was asked</summary>
              {came.system && <pre>{came.system}</pre>}
              <pre>{came.prompt}</pre>
            </details>
          )}
        </div>
      )}
    </section>
  );
}
