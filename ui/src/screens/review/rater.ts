// Who labels: said once, kept in this browser. A label carries it.
import { useState } from "react";

const KEY = "sightline.rater";

export function useRater(): [string, (name: string) => void] {
  const [rater, setRater] = useState(() => localStorage.getItem(KEY) ?? "");
  return [
    rater,
    (name) => {
      localStorage.setItem(KEY, name);
      setRater(name);
    },
  ];
}
