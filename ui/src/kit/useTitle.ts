import { useEffect } from "react";

/** The browser's tab says what is on screen. */
export function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · Sightline`;
  }, [title]);
}
