// What a screen reads from its URL and how it changes it.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { type AskedSearch, askedOf } from "./asked";

export function useAsked<Search extends AskedSearch = AskedSearch>() {
  const said: AskedSearch = useSearch({ strict: false });
  const search = said as Search;
  const navigate = useNavigate();
  const asked = useMemo(() => askedOf(search), [search]);
  /** Say something else in the URL; what is undefined leaves it. */
  const change = useCallback(
    (next: { [Name in keyof Search]?: Search[Name] | undefined }, replace = false) =>
      navigate({ to: ".", search: (was) => ({ ...was, ...next }) as never, replace }),
    [navigate],
  );
  return { search, asked, project: asked.project, change, navigate };
}
