// A table that is sorted by its heads and walked by keyboard: j and k to a row, Enter opens it as a click does.
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { type Sortable, sorted, turned } from "./sorting";
import { useKeys } from "./useKeys";

export type DataColumn<Row> = {
  id: string;
  title: string;
  /** what the head says at length */
  hint?: string;
  numeric?: boolean;
  wide?: boolean;
  sort?: (row: Row) => Sortable;
  cell: (row: Row) => ReactNode;
};

type Props<Row> = {
  label: string;
  columns: DataColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  sort?: string | undefined;
  onSort?: (sort: string) => void;
  onOpen?: (row: Row) => void;
  /** the row that is open beside the table */
  open?: string | null;
  /** whether this is the table of its screen that the keys walk */
  keys?: boolean;
};

export function DataTable<Row>({ label, columns, rows, keyOf, sort, onSort, onOpen, open = null, keys = false }: Props<Row>) {
  const [at, setAt] = useState<string | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const shown = useMemo(
    () => sorted(rows, sort, Object.fromEntries(columns.flatMap((c) => (c.sort ? [[c.id, c.sort]] : [])))),
    [rows, sort, columns],
  );
  const chosen = at ?? open;
  const index = chosen === null ? -1 : shown.findIndex((row) => keyOf(row) === chosen);
  useEffect(() => {
    if (at !== null && index >= 0) body.current?.rows[index]?.scrollIntoView({ block: "nearest" });
  }, [at, index]);
  const move = (step: number) => {
    const next = shown[Math.min(shown.length - 1, Math.max(0, index + step))];
    if (next) setAt(keyOf(next));
  };
  const here = shown[index];
  useKeys(
    keys
      ? {
          j: () => move(1),
          k: () => move(-1),
          ArrowDown: () => move(1),
          ArrowUp: () => move(-1),
          ...(here && onOpen && { Enter: () => onOpen(here) }),
        }
      : {},
  );
  return (
    <table className="data" aria-label={label}>
      <thead>
        <tr>
          {columns.map((c) => (
            <th
              key={c.id}
              scope="col"
              className={c.numeric ? "num" : undefined}
              title={c.hint}
              {...(c.sort && { "aria-sort": direction(sort, c.id) })}
            >
              {c.sort && onSort ? (
                <button type="button" className="bare" onClick={() => onSort(turned(sort, c.id))}>
                  {c.title}
                  <i aria-hidden="true">{{ ascending: " ↑", descending: " ↓", none: "" }[direction(sort, c.id)]}</i>
                </button>
              ) : (
                c.title
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {shown.map((row) => (
          <tr
            key={keyOf(row)}
            aria-selected={keyOf(row) === chosen || keyOf(row) === open}
            data-opens={onOpen !== undefined}
            onClick={(event) => {
              if (event.target instanceof Element && event.target.closest("a, button, summary, input, label")) return;
              setAt(keyOf(row));
              onOpen?.(row);
            }}
          >
            {columns.map((c) => (
              <td key={c.id} className={c.numeric ? "num" : c.wide ? "wide" : undefined}>
                {c.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function direction(sort: string | undefined, id: string): "ascending" | "descending" | "none" {
  return sort === id ? "ascending" : sort === `-${id}` ? "descending" : "none";
}
