// One key, one action; never while someone types.
import { useEffect, useRef } from "react";

export function useKeys(actions: Record<string, (event: KeyboardEvent) => void>) {
  const current = useRef(actions);
  current.current = actions;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const on = event.target as HTMLElement | null;
      const typing = on?.matches?.("input:not([type=range]), textarea, select, [contenteditable=true]");
      if (event.ctrlKey || event.metaKey || event.altKey || (typing && event.key !== "Escape")) return;
      if (on?.closest?.("[role=dialog]")) return;
      if (event.key === "Enter" && on?.matches?.("button, a")) return;
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
