// Where the hops of a map stand: a column for each step away from the request, in a column the order in which they begin.
import type { HopEdge } from "../../api/reliability";

export const BOX = { width: 208, height: 46, across: 76, down: 12 };

export type Placed = { id: string; kind: string; stage: string; column: number; x: number; y: number };
export type Drawn = { edge: HopEdge; path: string; back: boolean };
export type Layout = { nodes: Placed[]; edges: Drawn[]; width: number; height: number };

export const idOf = (hop: { kind: string; stage: string }) => `${hop.kind}/${hop.stage}`;

export function layoutOf(edges: readonly HopEdge[]): Layout {
  const columns = columnsOf(edges);
  const first = new Map<string, HopEdge>();
  for (const edge of edges) {
    const id = idOf(edge.to);
    if (!first.has(id)) first.set(id, edge); // edges come busiest first
  }
  const byColumn = new Map<number, HopEdge[]>();
  for (const [id, edge] of first) {
    const column = columns.get(id) ?? 0;
    byColumn.set(column, [...(byColumn.get(column) ?? []), edge]);
  }
  const place = new Map<string, Placed>();
  let tallest = 0;
  for (const column of [...byColumn.keys()].sort((a, b) => a - b)) {
    const members = byColumn.get(column) ?? [];
    members.sort((a, b) => parentY(place, a) - parentY(place, b) || (a.after_ns ?? 0) - (b.after_ns ?? 0) || b.calls - a.calls);
    members.forEach((edge, index) => {
      place.set(idOf(edge.to), {
        id: idOf(edge.to),
        kind: edge.to.kind,
        stage: edge.to.stage,
        column,
        x: column * (BOX.width + BOX.across),
        y: index * (BOX.height + BOX.down),
      });
    });
    tallest = Math.max(tallest, members.length);
  }
  const nodes = [...place.values()];
  const height = tallest * (BOX.height + BOX.down) - BOX.down;
  for (const [column, members] of byColumn) {
    const shift = (height - (members.length * (BOX.height + BOX.down) - BOX.down)) / 2;
    for (const node of nodes) if (node.column === column) node.y += shift;
  }
  const drawn = edges.flatMap((edge): Drawn[] => {
    const to = place.get(idOf(edge.to));
    const from = edge.from && place.get(idOf(edge.from));
    return to && from ? [draw(edge, from, to)] : [];
  });
  const last = Math.max(0, ...nodes.map((node) => node.column));
  return { nodes, edges: drawn, width: last * (BOX.width + BOX.across) + BOX.width, height: Math.max(height, BOX.height) };
}

/** The longest way from a request's first hop, without walking in circles. */
function columnsOf(edges: readonly HopEdge[]): Map<string, number> {
  const into = new Map<string, string[]>();
  for (const edge of edges) {
    const id = idOf(edge.to);
    into.set(id, [...(into.get(id) ?? []), ...(edge.from ? [idOf(edge.from)] : [])]);
  }
  const found = new Map<string, number>();
  const walking = new Set<string>();
  const columnOf = (id: string): number => {
    const known = found.get(id);
    if (known !== undefined) return known;
    if (walking.has(id)) return -1;
    walking.add(id);
    const column = 1 + Math.max(-1, ...(into.get(id) ?? []).filter((from) => from !== id && into.has(from)).map(columnOf));
    walking.delete(id);
    found.set(id, column);
    return column;
  };
  for (const id of into.keys()) columnOf(id);
  return found;
}

function parentY(place: ReadonlyMap<string, Placed>, edge: HopEdge): number {
  return (edge.from && place.get(idOf(edge.from))?.y) ?? 0;
}

function draw(edge: HopEdge, from: Placed, to: Placed): Drawn {
  const back = to.column <= from.column;
  const [x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2];
  const [x2, y2] = [back ? to.x + BOX.width : to.x, to.y + BOX.height / 2];
  const bend = back ? 46 : Math.max(30, (x2 - x1) / 2);
  const path = back
    ? `M${x1},${y1} C${x1 + bend},${y1} ${x2 + bend},${y2 + (from === to ? 14 : 0)} ${x2},${y2 + (from === to ? 14 : 0)}`
    : `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
  return { edge, path, back };
}
