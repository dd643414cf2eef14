// Numbers at the head of a screen, each with what it was before, how much it covers, and the way to its traces.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { pricedShare } from "../../api/economics";
import { percent, percentChange, pointsChange, usd, usdChange } from "../../parts/format";
import { useEconomics } from "./state";
import { shared } from "./url";

/** 'of 97% priced', and the way to the rest. */
export function Priced({ share }: { share: number | null | undefined }) {
  const { search } = useEconomics();
  if (share === null || share === undefined) return null;
  return (
    <Link
      className="priced"
      data-all={share === 1}
      to="/economics/$tab"
      params={{ tab: "prices" }}
      search={shared(search)}
      title="The share of successful calls whose cost is known; the others are listed under Prices"
    >
      of {percent(share)} priced
    </Link>
  );
}

/** The same for a sum whose answer does not say it: of everything in this window and filter. */
export function WindowPriced() {
  const { asked } = useEconomics();
  const total = useQuery(pricedShare(asked)).data?.total;
  return <Priced share={total?.priced_share} />;
}

type ChangeProps = {
  now: number | null | undefined;
  before: number | null | undefined;
  /** how the earlier number reads */
  as?: (n: number | null | undefined) => string;
  /** whether more is bad (spend), good (margin) or neither */
  more?: "bad" | "good" | "neither";
};

/** How it moved against the window before. */
export function Change({ now, before, as = usd, more = "neither" }: ChangeProps) {
  if (before === null || before === undefined) return <span className="muted">nothing known before</span>;
  if (now === before) return <span className="muted">unchanged</span>;
  const up = now !== null && now !== undefined && now > before;
  const tone = more === "neither" ? undefined : up === (more === "good") ? "good" : "bad";
  return (
    <span>
      {before !== 0 && <span data-tone={tone}>{moved(now, before, as)} </span>}
      <span className="muted">from {as(before)}</span>
    </span>
  );
}

/** Shares move by points, what was below nothing by an amount, the rest by percent. */
function moved(now: number | null | undefined, before: number, as: ChangeProps["as"]): string {
  if (as === percent) return pointsChange(now, before);
  if (before < 0 && now != null) return usdChange(now - before);
  return percentChange(now, before);
}

/** Words that the answer was made by. */
export function Assumptions({ title = "Assumptions", said }: { title?: string; said: readonly string[] }) {
  if (!said.length) return null;
  return (
    <aside className="assumptions" aria-label={title}>
      <h3>{title}</h3>
      <ul>
        {said.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </aside>
  );
}
