// Rows in the order that a URL says: 'cost', or '-cost' for descending. What is unknown comes last either way.
export type Sortable = number | string | null;

export function sorted<Row>(rows: readonly Row[], by: string | undefined, keys: Record<string, (row: Row) => Sortable>): Row[] {
  const key = by && Object.hasOwn(keys, by.replace(/^-/, "")) ? keys[by.replace(/^-/, "")] : undefined;
  if (!key) return [...rows];
  const way = by?.startsWith("-") ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return x === y ? 0 : (x < y ? -1 : 1) * way;
  });
}

/** The next order when a column's head is pressed: largest first, then smallest first. */
export function turned(by: string | undefined, id: string): string {
  return by === `-${id}` ? id : `-${id}`;
}
