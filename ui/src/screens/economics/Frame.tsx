// What every tab of Economics stands in: filter, window, tabs, groups, downloads, and the states of its question.
import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo, useRef } from "react";
import { ApiError, address, type Params } from "../../api/client";
import { Empty, Failed, Loading } from "../../kit/States";
import { useKeys } from "../../kit/useKeys";
import { useTitle } from "../../kit/useTitle";
import { WindowChoice } from "../../kit/WindowChoice";
import { edgesOf, windowName } from "../../kit/window";
import { FilterBar } from "../../parts/FilterBar";
import { GroupBy } from "./GroupBy";
import { useEconomics } from "./state";
import { shared, TABS, type Tab } from "./url";

type Props<T> = {
  tab: Tab;
  /** what is being loaded, in words */
  what: string;
  query: UseQueryResult<T>;
  /** what it is divided by; without it the tab has no groups */
  groups?: string[];
  /** where its table can be downloaded */
  table?: { path: string; params: Params };
  /** whether window and filter matter here */
  windowed?: boolean;
  /** stands above the answer, whatever its state */
  above?: ReactNode;
  /** stands in the answer's place while nothing is asked */
  idle?: ReactNode;
  isEmpty: (data: T) => boolean;
  empty: ReactNode;
  children: (data: T) => ReactNode;
};

export function Frame<T>({ tab, what, query, groups, table, windowed = true, above, idle, isEmpty, empty, children }: Props<T>) {
  const { search, project, change, navigate } = useEconomics();
  const input = useRef<HTMLInputElement>(null);
  const edges = useMemo(() => edgesOf(search), [search, query.data]);
  const title = TABS.find((one) => one.id === tab)?.title ?? "";
  useTitle(`${title} · Economics`);
  const go = (to: Tab) => navigate({ to: "/economics/$tab", params: { tab: to }, search: shared(search) });
  useKeys({
    ...Object.fromEntries(TABS.map(({ id }, index) => [String(index + 1), () => go(id)])),
    ...(windowed && { "/": () => input.current?.focus() }),
  });
  return (
    <>
      {windowed && (
        <div className="toolbar">
          <FilterBar
            value={search.filter ?? ""}
            project={project}
            error={query.error}
            onApply={(filter) => change({ filter: filter || undefined })}
            inputRef={input}
          />
          <WindowChoice search={search} edges={edges} onChoose={({ range, from, to }) => change({ range, from, to })} />
        </div>
      )}
      <div className="subbar">
        <nav className="tabs" aria-label="Economics">
          {TABS.map(({ id, title: name }, index) => (
            <Link
              key={id}
              to="/economics/$tab"
              params={{ tab: id }}
              search={shared(search)}
              activeOptions={{ includeSearch: false }}
              className="tab"
              title={`Press ${index + 1}`}
            >
              {name}
            </Link>
          ))}
        </nav>
        <span className="grow" />
        {groups && (
          <GroupBy
            project={project}
            value={groups}
            onChange={(names) => change({ by: names.join(",") || undefined, sort: undefined, why: undefined })}
          />
        )}
        {table && (
          <span className="downloads">
            {(["csv", "parquet"] as const).map((format) => (
              <Button
                key={format}
                size="xs"
                variant="default"
                component="a"
                href={address(table.path, { ...table.params, format })}
                download={`${tab}.${format}`}
                leftSection={<IconDownload size={14} />}
              >
                {format === "csv" ? "CSV" : "Parquet"}
              </Button>
            ))}
          </span>
        )}
      </div>
      <div className="economics" aria-busy={query.isFetching && query.data !== undefined}>
        {above}
        {idle ?? (
          <Answered query={query} what={what} isEmpty={isEmpty} empty={<NothingHere windowed={windowed}>{empty}</NothingHere>}>
            {children}
          </Answered>
        )}
      </div>
    </>
  );
}

type AnsweredProps<T> = {
  query: UseQueryResult<T>;
  what: string;
  isEmpty: (data: T) => boolean;
  empty: ReactNode;
  children: (data: T) => ReactNode;
};

/** A question's answer, or the state that it is in. */
export function Answered<T>({ query, what, isEmpty, empty, children }: AnsweredProps<T>) {
  if (query.isError) {
    if (query.error instanceof ApiError && query.error.status === 422 && query.error.column !== null)
      return (
        <Empty title="That filter can't be read">
          <span>The line under it says where and why.</span>
        </Empty>
      );
    return <Failed error={query.error} retry={() => query.refetch()} />;
  }
  if (query.data === undefined) return <Loading what={what} />;
  return isEmpty(query.data) ? empty : children(query.data);
}

function NothingHere({ windowed, children }: { windowed: boolean; children: ReactNode }) {
  const { search, change } = useEconomics();
  if (!windowed) return children;
  return (
    <Empty title={search.filter ? "Nothing satisfies the filter" : `Nothing in ${windowName(search)}`}>
      <span>{children}</span>
      <div style={{ display: "flex", gap: 8 }}>
        {search.filter && (
          <Button size="xs" variant="default" onClick={() => change({ filter: undefined })}>
            Clear the filter
          </Button>
        )}
        {(search.range !== "all" || search.from || search.to) && (
          <Button size="xs" variant="default" onClick={() => change({ range: "all", from: undefined, to: undefined })}>
            Look at all time
          </Button>
        )}
      </div>
    </Empty>
  );
}
