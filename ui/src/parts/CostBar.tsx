// A cost divided into its parts: a bar, and each part with its amount. An unknown part is left out, never zero.
import { PARTS, type Parts } from "./costs";
import { usd } from "./format";

export function CostBar({ label, cost }: { label: string; cost: Parts }) {
  const known = PARTS.filter(({ id }) => cost[id] !== null && cost[id] !== undefined && cost[id] !== 0);
  if (!known.length) return null;
  const sum = known.reduce((total, { id }) => total + Math.max(0, cost[id] ?? 0), 0);
  return (
    <div className="costbar" role="group" aria-label={label}>
      <span className="bar" aria-hidden="true">
        {known.map(({ id, token }) => (
          <i key={id} style={{ width: `${(Math.max(0, cost[id] ?? 0) / (sum || 1)) * 100}%`, background: `var(${token})` }} />
        ))}
      </span>
      <span className="parts">
        {known.map(({ id, name, token }) => (
          <span key={id}>
            <i className="dot" style={{ background: `var(${token})` }} />
            {name} <span className="num">{usd(cost[id])}</span>
          </span>
        ))}
      </span>
    </div>
  );
}
