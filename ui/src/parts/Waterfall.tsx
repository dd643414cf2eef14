// Time bars over the tree: the wait for the first token apart from the stream, failures ringed; beside them what each span cost, in the
// sum of all before it. Only what is on screen is drawn.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { type Cost, costing, type costsOf, PARTS, partsOf } from "./costs";
import { duration, usd } from "./format";
import { kindColour } from "./Marks";
import { SlowBadge, type Standing } from "./Standing";
import type { Row } from "./tree";

type Props = {
  rows: Row[];
  selected: string | null;
  collapsed: ReadonlySet<string>;
  /** ns from the trace's start up to which the replay has come; null when it is not played */
  now: number | null;
  /** how slow spans are among their like, by span id, where it is worth saying */
  standings?: ReadonlyMap<string, Standing>;
  /** what the spans cost; null: that is not shown */
  costs: ReturnType<typeof costsOf> | null;
  /** show what the spans cost, or do not; left out where there is nothing to show */
  onCosts?: () => void;
  onSelect: (id: string) => void;
  onToggle: (id: string) => void;
};

const ROW = 26;

export function Waterfall({ rows, selected, collapsed, now, standings, costs, onCosts, onSelect, onToggle }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 24 });
  const index = rows.findIndex((row) => row.span.span_id === selected);
  useEffect(() => {
    if (index >= 0) list.scrollToIndex(index);
  }, [index, list.scrollToIndex]);
  const total = rows.reduce((most, row) => Math.max(most, row.to), 1);
  const at = (ns: number) => `${(ns / total) * 100}%`;
  return (
    <div
      ref={box}
      className="waterfall"
      data-costs={costs !== null}
      role="tree"
      aria-label="Spans in time"
      tabIndex={0}
      aria-activedescendant={selected ? `span-${selected}` : undefined}
    >
      <div className="wf-axis">
        <span style={{ paddingLeft: 10 }}>
          {rows.length.toLocaleString("en-US")} spans
          {onCosts && (
            <button type="button" className="bare wf-costs" title="Press c" onClick={onCosts}>
              {costs ? "hide costs" : "show costs"}
            </button>
          )}
        </span>
        <div className="wf-ticks">
          {[0, 0.25, 0.5, 0.75].map((part) => (
            <span key={part} style={{ left: at(part * total), transform: part ? undefined : "none" }}>
              {part ? duration(part * total) : "0"}
            </span>
          ))}
        </div>
        <span className="wf-dur">{duration(total)}</span>
        {costs && (
          <span className="wf-cost" title="What the spans cost, each after those above it">
            <span />
            <span className="wf-usd">{usd(costs.total)}</span>
          </span>
        )}
      </div>
      <div style={{ height: list.getTotalSize(), position: "relative" }}>
        {list.getVirtualItems().map((item) => {
          const row = rows[item.index] as Row;
          const { span } = row;
          const wait = span.ttft_ns as number | null;
          const streamed = wait !== null && wait < (span.duration_ns ?? 0);
          const colour = kindColour(span.kind);
          return (
            <div
              key={span.span_id}
              id={`span-${span.span_id}`}
              className="wf-row"
              role="treeitem"
              tabIndex={-1}
              aria-selected={span.span_id === selected}
              aria-level={row.depth + 1}
              {...(row.hasChildren && { "aria-expanded": !collapsed.has(span.span_id) })}
              data-later={now !== null && row.from > now}
              style={{ transform: `translateY(${item.start}px)` }}
              onClick={() => onSelect(span.span_id)}
            >
              <span className="wf-name" style={{ paddingLeft: 10 + Math.min(row.depth, 24) * 14 }}>
                <button
                  type="button"
                  className="bare wf-toggle"
                  tabIndex={-1}
                  aria-label={collapsed.has(span.span_id) ? "Unfold" : "Fold"}
                  style={{ visibility: row.hasChildren ? "visible" : "hidden" }}
                  onClick={(e) => {
                    e.stopPropagation();
                    onToggle(span.span_id);
                  }}
                >
                  {collapsed.has(span.span_id) ? "▸" : "▾"}
                </button>
                <i className="dot" style={{ background: colour }} />
                <span className="cut" title={span.name}>
                  {span.name}
                </span>
                {span.status === "error" && <span className="chip bad">{(span.error_type as string | null) ?? "error"}</span>}
                {Number(span.attempt ?? 1) > 1 && <span className="chip">attempt {String(span.attempt)}</span>}
                {span.fallback_of ? <span className="chip">fallback</span> : null}
                {span.served_from_cache === true && <span className="chip">from cache</span>}
                {span.silent_failure ? <span className="chip warn">{String(span.silent_failure)}</span> : null}
                <SlowBadge standing={standings?.get(span.span_id)} />
                {row.orphan && <span className="wf-note">parent missing</span>}
              </span>
              <span className="wf-track">
                {streamed && (
                  <i
                    className="wf-bar wf-wait"
                    style={{ left: at(row.from), width: at(wait), background: colour }}
                    title={`waited ${duration(wait)}`}
                  />
                )}
                <i
                  className="wf-bar"
                  data-error={span.status === "error"}
                  style={{
                    left: at(row.from + (streamed ? wait : 0)),
                    width: at(row.to - row.from - (streamed ? wait : 0)),
                    background: colour,
                  }}
                />
                {streamed && (
                  <i className="wf-ttft" style={{ left: at(row.from + wait) }} title={`first token after ${duration(wait)}`} />
                )}
                {now !== null && <i className="wf-now" style={{ left: at(Math.min(now, total)) }} />}
              </span>
              <span className="wf-dur">{duration(span.duration_ns)}</span>
              {costs && <SpanCost row={row} cost={costs.bySpan.get(span.span_id)} total={costs.total} />}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Where a span's cost stands in the trace's: its own by parts, what is inside it as a shadow. */
function SpanCost({ row: { span, hasChildren }, cost, total }: { row: Row; cost: Cost | undefined; total: number | null }) {
  const at = (usd: number) => `${(usd / (total || 1)) * 100}%`;
  const why = costing(span);
  const parts = partsOf(span);
  let left = cost?.before ?? 0;
  return (
    <span className="wf-cost">
      <span className="wf-track">
        {hasChildren && cost?.inside !== null && cost !== undefined && (
          <i className="wf-inside" style={{ left: at(cost.before), width: at(cost.inside) }} />
        )}
        {cost?.own != null && (
          <i
            className="wf-bar wf-own"
            style={{ left: at(cost.before), width: at(cost.own) }}
            title={`${usd(cost.own)} of ${usd(total)}`}
          />
        )}
        {cost?.own != null &&
          PARTS.map(({ id, name, token }) => {
            const part = parts[id];
            if (!part || part <= 0) return null;
            const from = left;
            left += part;
            return (
              <i
                key={id}
                className="wf-part"
                style={{ left: at(from), width: at(part), background: `var(${token})` }}
                title={`${name} ${usd(part)}`}
              />
            );
          })}
      </span>
      <span className="wf-usd">
        {why === "priced" ? (
          usd(cost?.own)
        ) : why === "unpriced" ? (
          <span className="warned" title="Its tokens are known, a price for them is not">
            unpriced
          </span>
        ) : hasChildren && cost?.inside != null ? (
          <span className="muted" title={why === "below" ? "Its usage is counted below" : "What is inside it"}>
            {usd(cost.inside)}
          </span>
        ) : (
          <span className="muted">{why === "below" ? "below" : ""}</span>
        )}
      </span>
    </span>
  );
}
