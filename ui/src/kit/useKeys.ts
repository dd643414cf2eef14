// One key, one action; never while someone types, never against the control that has the focus.
import { useEffect, useRef } from "react";

const TYPING = "input:not([type=range], [type=checkbox], [readonly]), textarea, select, [contenteditable=true]";
const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
const THEIR_OWN: [string, string[]][] = [
  ["input[type=range], input[readonly]", [...ARROWS, "Enter"]],
  ["[role=tab]", ["ArrowLeft", "ArrowRight", "Enter"]],
  ["button, a, summary", ["Enter"]],
];

export function useKeys(actions: Record<string, (event: KeyboardEvent) => void>) {
  const current = useRef(actions);
  current.current = actions;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const on = event.target instanceof HTMLElement ? event.target : null;
      if (on?.matches(TYPING) && event.key !== "Escape") return;
      if (on?.closest("[role=dialog]")) return;
      if (on && THEIR_OWN.some(([what, keys]) => keys.includes(event.key) && on.matches(what))) return;
      const action = current.current[event.key];
      if (action) {
        event.preventDefault();
        action(event);
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
