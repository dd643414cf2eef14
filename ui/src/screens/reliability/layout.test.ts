import { describe, expect, it } from "vitest";
import type { HopEdge } from "../../api/reliability";
import { BOX, layoutOf } from "./layout";

const hop = (stage: string) => ({ kind: "chain", stage });
const edge = (from: string | null, to: string, after_ns = 0) =>
  ({ from: from === null ? null : hop(from), to: hop(to), calls: 1, after_ns }) as HopEdge;
const columns = (edges: HopEdge[]) => Object.fromEntries(layoutOf(edges).nodes.map((node) => [node.stage, node.column]));

describe("a map of hops", () => {
  it("puts a hop right of everything that it runs inside", () => {
    const edges = [edge(null, "a"), edge("a", "b"), edge("b", "c"), edge("a", "c")];
    expect(columns(edges)).toEqual({ a: 0, b: 1, c: 2 });
  });
  it("keeps the order in which hops begin", () => {
    const { nodes } = layoutOf([edge(null, "a"), edge("a", "late", 9), edge("a", "early", 1)]);
    const y = Object.fromEntries(nodes.map((node) => [node.stage, node.y]));
    expect(y.early).toBeLessThan(y.late as number);
  });
  it("ends on circles, and on hops that run inside themselves", () => {
    const { nodes, edges } = layoutOf([edge(null, "a"), edge("a", "b"), edge("b", "a"), edge("b", "b")]);
    expect(nodes).toHaveLength(2);
    expect(edges.filter((one) => one.back)).toHaveLength(2);
  });
  it("lets no two boxes overlap", () => {
    const { nodes } = layoutOf([edge(null, "a"), ...["b", "c", "d"].map((to) => edge("a", to))]);
    for (const one of nodes)
      for (const other of nodes)
        if (one !== other && one.column === other.column)
          expect(Math.abs(one.y - other.y)).toBeGreaterThanOrEqual(BOX.height + BOX.down);
  });
});
