// Slow because long, or slow because the provider is: what a call's tokens predict of its duration, and what they leave.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type TokenModel, type TokensAnswer, tokens } from "../../api/latency";
import { tracesOf } from "../../parts/asked";
import { count, duration, percent, short, UNKNOWN } from "../../parts/format";
import { Frame } from "./Frame";
import { useLatency } from "./state";

export function Length() {
  const { asked } = useLatency();
  const found = useQuery(tokens(asked));
  return (
    <Frame
      tab="length"
      what="length and latency"
      query={found}
      table={{ path: "/latency/tokens", params: { ...asked, limit: 500 } }}
      isEmpty={(answer) => answer.models.length + answer.too_few.length === 0}
      empty="No successful call here says both its tokens and its duration."
    >
      {(answer) => <Shown answer={answer} />}
    </Frame>
  );
}

function Shown({ answer }: { answer: TokensAnswer }) {
  return (
    <>
      {answer.models.length === 0 && (
        <p className="note">A line takes {answer.fewest} calls of one model with known tokens; there are fewer of each here.</p>
      )}
      <div className="cards">
        {answer.models.map((model) => (
          <Model key={`${model.provider} ${model.model}`} model={model} answer={answer} />
        ))}
      </div>
      {answer.models.length > 0 && (
        <p className="muted">
          A straight line of duration on uncached input, cached input and output tokens, robust against outliers; fitted to the
          window before where that has {answer.fewest} calls. What it leaves is slower than its length, by 95 % intervals.
        </p>
      )}
      {answer.too_few.length > 0 && (
        <p className="muted">
          Too few calls for a line: {answer.too_few.map((one) => `${one.model ?? "no model"} (${count(one.n)})`).join(", ")}
        </p>
      )}
    </>
  );
}

function Model({ model, answer }: { model: TokenModel; answer: TokensAnswer }) {
  const { search } = useLatency();
  const { now, before, slow } = model;
  const said = (n: number | null | undefined) =>
    n === null || n === undefined ? UNKNOWN : `${n < 0 ? "−" : "+"}${duration(Math.abs(n))}`;
  const each = (n: number | null) => (n === null ? UNKNOWN : `${n < 0 ? "−" : ""}${duration(Math.abs(n))}`);
  const parts = [
    ["by length", model.by_length_ns],
    ["at equal length", model.residual_ns],
  ] as const;
  const most = Math.max(...parts.map(([, ns]) => Math.abs(ns ?? 0)), 1);
  return (
    <section className="card" aria-label={model.model ?? "no model"}>
      <header>
        <h2>
          <Link to="/traces" search={tracesOf(search, answer.window, model.filter)}>
            {model.model ?? "no model"}
          </Link>
        </h2>
        <span className="muted">{model.provider}</span>
      </header>
      <p>{model.sentence}</p>
      {before && (
        <div className="versus-bars">
          {parts.map(([label, ns]) => (
            <Part key={label} label={label} ns={ns} most={most} text={said(ns)} />
          ))}
        </div>
      )}
      <table className="versus">
        <thead>
          <tr>
            <th />
            <th className="num">calls</th>
            <th className="num">mean</th>
            <th className="num">predicted</th>
            <th className="num">in</th>
            <th className="num">out</th>
          </tr>
        </thead>
        <tbody>
          {(
            [
              ["before", before],
              ["now", now],
            ] as const
          ).map(([label, side]) =>
            side ? (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td className="num">{count(side.n)}</td>
                <td className="num">{duration(side.mean_ns)}</td>
                <td className="num">{duration(side.predicted_ns)}</td>
                <td className="num">{short(side.input_tokens)}</td>
                <td className="num">{short(side.output_tokens)}</td>
              </tr>
            ) : null,
          )}
        </tbody>
      </table>
      <p className="muted">
        {each(model.base_ns)} + {each(model.ns_per_input_token)} an input token + {each(model.ns_per_cached_token)} a cached one +{" "}
        {each(model.ns_per_output_token)} an output token
        {model.explained_variance !== null && `; explains ${percent(Math.max(0, model.explained_variance))} of the spread`}.
      </p>
      {slow.excess_ns !== null && slow.by_length_share !== null && (
        <p className="muted">
          The slowest {count(slow.n)} take {duration(slow.excess_ns)} over the mean;{" "}
          {percent(Math.max(0, Math.min(1, slow.by_length_share)))} of that goes with their length.
        </p>
      )}
    </section>
  );
}

function Part({ label, ns, most, text }: { label: string; ns: number | null; most: number; text: string }) {
  return (
    <>
      <span className="muted">{label}</span>
      <span className="diverging wide">
        <i data-loss={(ns ?? 0) < 0} data-slow={(ns ?? 0) > 0} style={{ width: `${(Math.abs(ns ?? 0) / most) * 50}%` }} />
      </span>
      <span className="num">{text}</span>
    </>
  );
}
