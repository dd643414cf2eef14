// Why a group costs what it costs: each driver in a sentence, its cost per request beside the others', and its traces.
import { Link } from "@tanstack/react-router";
import type { Driver, WhyAnswer, Window } from "../../api/economics";
import { tracesOf } from "../../parts/asked";
import { TraceIds } from "../../parts/Figures";
import { count, short, usd, usdChange } from "../../parts/format";
import { useEconomics } from "./state";

type Props = { answer: WhyAnswer; window: Window };

export function Why({ answer, window }: Props) {
  const dearer = answer.drivers.filter((driver) => driver.excess_usd === null || driver.excess_usd > 0);
  return (
    <>
      <table className="versus">
        <thead>
          <tr>
            <th>Per request</th>
            <th className="num">it</th>
            <th className="num">others</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Revenue</th>
            <td className="num">{usd(answer.revenue_per_request_usd)}</td>
            <td className="num">{usd(answer.others_revenue_per_request_usd)}</td>
          </tr>
          <tr>
            <th scope="row">Cost</th>
            <td className="num">{usd(answer.cost_per_request_usd)}</td>
            <td className="num">{usd(answer.others_cost_per_request_usd)}</td>
          </tr>
        </tbody>
      </table>
      {dearer.length === 0 && <p className="muted">It spends on nothing more than the others do.</p>}
      <ol className="drivers">
        {dearer.map((driver) => (
          <DriverItem key={`${driver.fact} ${driver.value}`} driver={driver} window={window} />
        ))}
      </ol>
      <p className="muted">{answer.note}</p>
    </>
  );
}

function DriverItem({ driver, window }: { driver: Driver; window: Window }) {
  const { search } = useEconomics();
  const most = Math.max(driver.per_request_usd ?? 0, driver.others_per_request_usd ?? 0, 1e-15);
  const bar = (label: string, value: number | null, colour: string) => (
    <>
      <span className="muted">{label}</span>
      <span className="bar">
        <i style={{ width: `${((value ?? 0) / most) * 100}%`, background: colour }} />
      </span>
      <span className="num">{usd(value)}</span>
    </>
  );
  return (
    <li>
      <header>
        <span className="cut">
          <span className="muted">{driver.fact}</span> <b>{driver.value}</b>
        </span>
        <span className="num" title="What it costs more than at the others' rate, in all">
          {usdChange(driver.excess_usd)}
        </span>
      </header>
      <p>{driver.sentence}</p>
      <div className="versus-bars">
        {bar("it", driver.per_request_usd, "var(--bad)")}
        {bar("others", driver.others_per_request_usd, "var(--part-other)")}
      </div>
      <p className="muted">
        {rate(driver.calls_per_request)} {driver.calls_per_request === 1 ? "call" : "calls"} a request (others{" "}
        {rate(driver.others_calls_per_request)}), {short(driver.tokens_per_call)} tokens a call (others{" "}
        {short(driver.others_tokens_per_call)})
      </p>
      {driver.same_calls.length > 0 && <p className="muted">Nearly the same calls: {driver.same_calls.join("; ")}</p>}
      <p>
        {driver.filter !== null && (
          <Link to="/traces" search={tracesOf(search, window, driver.filter)}>
            Its traces
          </Link>
        )}{" "}
        <span className="muted">the dearest:</span> <TraceIds ids={driver.trace_ids.slice(0, 5)} />
      </p>
    </li>
  );
}

const rate = (n: number | null) => (n === null ? "–" : count(Number(n.toPrecision(3))));
