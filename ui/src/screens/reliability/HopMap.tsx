// The map itself: boxes that can be reached by Tab and walked by arrows, lines as thick as their traffic and red as their failures.
import { type KeyboardEvent, useMemo, useRef } from "react";
import type { HopEdge, HopNode, HopsAnswer } from "../../api/reliability";
import { count, duration, percent, short } from "../../parts/format";
import { kindColour } from "../../parts/Marks";
import { BOX, idOf, layoutOf, type Placed } from "./layout";

type Props = {
  answer: HopsAnswer;
  chosen: string | null;
  onChoose: (hop: string | null) => void;
  onOpen: (filter: string) => void;
};

const EDGE = 8; // room for rings and lines around the boxes

export function HopMap({ answer, chosen, onChoose, onOpen }: Props) {
  const layout = useMemo(() => layoutOf(answer.edges), [answer]);
  const nodes = useMemo(() => new Map(answer.nodes.map((node) => [idOf(node), node])), [answer]);
  const slowest = useMemo(() => p95Of(answer.edges), [answer]);
  const missing = useMemo(() => new Set(answer.missing.map(idOf)), [answer]);
  const box = useRef<SVGSVGElement>(null);
  const most = Math.max(1, ...answer.edges.map((edge) => edge.calls));
  const focus = (id: string | undefined) =>
    id !== undefined && box.current?.querySelector<SVGGElement>(`[data-hop="${CSS.escape(id)}"]`)?.focus();
  const press = (event: KeyboardEvent, here: Placed) => {
    if (event.key === "Enter" || event.key === " ") {
      const node = nodes.get(here.id);
      if (event.key === "Enter" && chosen === here.id && node) onOpen(node.filter);
      else onChoose(here.id);
    } else if (event.key === "Escape") onChoose(null);
    else if (event.key.startsWith("Arrow")) focus(neighbour(layout.nodes, here, event.key)?.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const near = (edge: HopEdge) => !chosen || idOf(edge.to) === chosen || (edge.from !== null && idOf(edge.from) === chosen);
  return (
    <section className="hops" aria-label="Map of hops">
      <svg
        ref={box}
        role="group"
        aria-label="Hops; arrows walk, Enter chooses, Enter again opens the traces"
        viewBox={`${-EDGE} ${-EDGE} ${layout.width + 60 + 2 * EDGE} ${layout.height + 2 * EDGE}`}
        width={layout.width + 60 + 2 * EDGE}
        height={layout.height + 2 * EDGE}
      >
        {layout.edges.map(({ edge, path }) => (
          <path
            key={`${edge.from ? idOf(edge.from) : ""} ${idOf(edge.to)}`}
            d={path}
            className="hop-edge"
            data-bad={edge.failed.of > 0}
            data-dim={!near(edge)}
            strokeWidth={1 + 5 * Math.sqrt(edge.calls / most)}
            style={{ strokeOpacity: 0.25 + 0.6 * Math.min(1, 4 * (edge.failed.share ?? 0)) }}
          >
            <title>{inWords(edge)}</title>
          </path>
        ))}
        {layout.nodes.map((placed) => {
          const node = nodes.get(placed.id);
          if (!node) return null;
          return (
            <g
              key={placed.id}
              data-hop={placed.id}
              className="hop"
              role="button"
              tabIndex={0}
              aria-pressed={chosen === placed.id}
              aria-label={labelOf(node, slowest.get(placed.id))}
              transform={`translate(${placed.x},${placed.y})`}
              onClick={() => onChoose(chosen === placed.id ? null : placed.id)}
              onDoubleClick={() => onOpen(node.filter)}
              onKeyDown={(event) => press(event, placed)}
            >
              <rect width={BOX.width} height={BOX.height} rx={6} data-bad={node.failed.of > 0} />
              <rect
                width={4}
                height={BOX.height - 12}
                x={6}
                y={6}
                rx={2}
                style={{ fill: kindColour(node.kind) }}
                className="stripe"
              />
              <foreignObject x={16} y={3} width={BOX.width - 22} height={BOX.height - 6}>
                <div className="hop-said">
                  <span className="cut" title={`${node.kind} ${node.stage}`}>
                    {node.stage}
                  </span>
                  <span className="hop-figures">
                    <span>{short(node.calls)}</span>
                    <span>{slowest.get(placed.id) === undefined ? "" : `P95 ${duration(slowest.get(placed.id))}`}</span>
                    {node.failed.of > 0 && <b data-tone="bad">{percent(node.failed.share)}</b>}
                    {node.silent_failures.of > 0 && (
                      <span className="warned" title="Silent failures">
                        {short(node.silent_failures.of)} silent
                      </span>
                    )}
                    {missing.has(placed.id) && (
                      <span className="warned" title="Some requests lack this hop, which most of their task make">
                        missed
                      </span>
                    )}
                  </span>
                </div>
              </foreignObject>
            </g>
          );
        })}
      </svg>
    </section>
  );
}

/** The slowest P95 on any way into a hop, where there are calls enough for one. */
function p95Of(edges: readonly HopEdge[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const edge of edges)
    if (edge.enough && edge.p95_ns !== null) found.set(idOf(edge.to), Math.max(found.get(idOf(edge.to)) ?? 0, edge.p95_ns));
  return found;
}

function labelOf(node: HopNode, p95: number | undefined): string {
  return [
    `${node.kind} ${node.stage}`,
    `${count(node.calls)} calls`,
    `${percent(node.failed.share)} failed`,
    ...(node.silent_failures.of ? [`${count(node.silent_failures.of)} silent failures`] : []),
    ...(p95 === undefined ? [] : [`P95 ${duration(p95)}`]),
  ].join(", ");
}

function inWords(edge: HopEdge): string {
  const said = `${edge.from?.stage ?? "the request"} → ${edge.to.stage}: ${count(edge.calls)} calls`;
  const failed = edge.failed.of ? `, ${count(edge.failed.of)} failed` : "";
  return `${said}${failed}${edge.enough ? `, P95 ${duration(edge.p95_ns)}` : ""}`;
}

/** The next box in the direction of an arrow: in the same column, or the nearest of the next one. */
function neighbour(nodes: readonly Placed[], here: Placed, key: string): Placed | undefined {
  const sideways = key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : 0;
  const within = nodes.filter((node) => node.column === here.column + sideways && node !== here);
  if (sideways) return within.sort((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y))[0];
  const beyond = within.filter((node) => (key === "ArrowDown" ? node.y > here.y : node.y < here.y));
  return beyond.sort((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y))[0];
}
