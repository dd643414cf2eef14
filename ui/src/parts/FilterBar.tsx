// The filter language's input: completion as you type, the server's complaint under the column it points at.
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { ApiError } from "../api/client";
import { attributeKeys, facts, values } from "../api/queries";
import { placeOf, suggestions } from "./complete";

type Props = {
  value: string;
  project: string;
  error: Error | null;
  onApply: (filter: string) => void;
  inputRef: RefObject<HTMLInputElement | null>;
};

export function FilterBar({ value, project, error, onApply, inputRef }: Props) {
  const [draft, setDraft] = useState(value);
  const [cursor, setCursor] = useState(0);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  useEffect(() => setDraft(value), [value]); // the URL changed from elsewhere: back, a link, a chip
  const caret = useRef<number | null>(null);
  useLayoutEffect(() => {
    // in the same commit as the text: whoever types on at once types after what was completed
    if (caret.current !== null) inputRef.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });
  const place = placeOf(draft, cursor);
  const known = useQuery(facts).data?.facts ?? [];
  const keys = useQuery({ ...attributeKeys(project), enabled: open }).data?.keys ?? [];
  const fact = place.want === "value" && place.fact && known.some((f) => f.name === place.fact) ? place.fact : null;
  const seen = useQuery(values(project, open ? fact : null)).data?.values ?? [];
  const list = open ? suggestions(place, { facts: known, attributes: keys, values: seen }) : [];
  const fault = error instanceof ApiError && error.status === 422 && value ? error : null;

  const take = (index: number) => {
    const picked = list[index];
    if (!picked) return;
    const after = draft.slice(cursor);
    const space = place.want === "value" || picked.text.endsWith(" ") || picked.text.endsWith("(") ? "" : " ";
    const next = draft.slice(0, place.start) + picked.text + space;
    setDraft(next + after);
    setCursor(next.length);
    setChosen(-1);
    caret.current = next.length;
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setChosen((c) => (list.length ? (c + step + list.length) % list.length : -1));
    } else if (event.key === "Tab" && list.length && open && draft) {
      event.preventDefault();
      take(Math.max(0, chosen));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (open && chosen >= 0) take(chosen);
      else {
        setOpen(false);
        onApply(draft.trim());
      }
    } else if (event.key === "Escape") {
      setOpen(false);
      inputRef.current?.blur();
    }
  };
  return (
    <div className="filter">
      <input
        ref={inputRef}
        value={draft}
        role="combobox"
        aria-label="Filter"
        aria-expanded={list.length > 0}
        aria-controls="filter-suggestions"
        aria-invalid={fault !== null}
        autoComplete="off"
        spellCheck={false}
        placeholder="kind = llm and duration_ms > 2000 — press / to filter"
        onChange={(e) => {
          setDraft(e.target.value);
          setCursor(e.target.selectionStart ?? e.target.value.length);
          setOpen(true);
          setChosen(-1);
        }}
        onSelect={(e) => setCursor(e.currentTarget.selectionStart ?? 0)}
        onFocus={() => setOpen(true)}
        onBlur={() => setTimeout(() => setOpen(false), 120)}
        onKeyDown={press}
      />
      {list.length > 0 && (
        <div className="suggest" id="filter-suggestions" role="listbox" aria-label="Suggestions">
          {list.map((s, index) => (
            <div
              key={s.text}
              role="option"
              tabIndex={-1}
              aria-selected={index === chosen}
              onMouseDown={(e) => {
                e.preventDefault();
                take(index);
              }}
            >
              <span className="mono">{s.text}</span>
              <span className="cut">{s.hint}</span>
            </div>
          ))}
        </div>
      )}
      {fault && !open && (
        <div className="fault" role="alert">
          {fault.column !== null && `${" ".repeat(Math.max(0, fault.column - 1))}^\n`}
          {fault.message}
        </div>
      )}
    </div>
  );
}
