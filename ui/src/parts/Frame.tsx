// What every tab of a screen stands in: filter, window, tabs, groups, downloads, and the states of its question.
import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import { type ReactNode, useMemo, useRef } from "react";
import { ApiError, address, type Params } from "../api/client";
import { Empty, Failed, Loading } from "../kit/States";
import { useKeys } from "../kit/useKeys";
import { useTitle } from "../kit/useTitle";
import { WindowChoice } from "../kit/WindowChoice";
import { edgesOf, windowName } from "../kit/window";
import type { AskedSearch } from "./asked";
import { FilterBar } from "./FilterBar";
import { GroupBy } from "./GroupBy";
import { useAsked } from "./useAsked";

export type Tabs = readonly { id: string; title: string }[];

/** A screen: its name, its address, its tabs, and what of a search goes along to another of them. */
export type Place = {
  name: string;
  to: Extract<LinkProps["to"], `${string}/$tab`>;
  tabs: Tabs;
  keep: (search: AskedSearch) => AskedSearch;
};

export type FrameProps<T> = {
  tab: string;
  /** what is being loaded, in words */
  what: string;
  query: UseQueryResult<T>;
  /** what else can be chosen, beside the groups */
  controls?: ReactNode;
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

/** What of the URL belongs to the groups that were: it goes when others are chosen. */
const OF_GROUPS = { sort: undefined, why: undefined };

export function Frame<T>({ place, tab, query, table, windowed = true, ...props }: FrameProps<T> & { place: Place }) {
  const { search, project, change, navigate } = useAsked<AskedSearch & { by?: string }>();
  const input = useRef<HTMLInputElement>(null);
  const edges = useMemo(() => edgesOf(search), [search, query.data]);
  const title = place.tabs.find((one) => one.id === tab)?.title ?? "";
  useTitle(`${title} · ${place.name}`);
  const go = (to: string) => navigate({ to: place.to, params: { tab: to }, search: place.keep(search) as never });
  useKeys({
    ...Object.fromEntries(place.tabs.map(({ id }, index) => [String(index + 1), () => go(id)])),
    ...(windowed && { "/": () => input.current?.focus() }),
  });
  const empty = windowed ? <NothingHere>{props.empty}</NothingHere> : props.empty;
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
        <TabLinks place={place} />
        <span className="grow" />
        {props.controls}
        {props.groups && (
          <GroupBy
            project={project}
            value={props.groups}
            onChange={(names) => change({ by: names.join(",") || undefined, ...OF_GROUPS })}
          />
        )}
        {table && <Downloads name={tab} table={table} />}
      </div>
      <div className="answer" aria-busy={query.isFetching && query.data !== undefined}>
        {props.above}
        {props.idle ?? (
          <Answered query={query} what={props.what} isEmpty={props.isEmpty} empty={empty}>
            {props.children}
          </Answered>
        )}
      </div>
    </>
  );
}

/** The tabs of a screen; the question goes along. */
export function TabLinks({ place }: { place: Place }) {
  const { search } = useAsked();
  return (
    <nav className="tabs" aria-label={place.name}>
      {place.tabs.map(({ id, title }, index) => (
        <Link
          key={id}
          to={place.to}
          params={{ tab: id }}
          search={place.keep(search) as never}
          activeOptions={{ includeSearch: false }}
          className="tab"
          title={`Press ${index + 1}`}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}

function Downloads({ name, table }: { name: string; table: { path: string; params: Params } }) {
  return (
    <span className="downloads">
      {(["csv", "parquet"] as const).map((format) => (
        <Button
          key={format}
          size="xs"
          variant="default"
          component="a"
          href={address(table.path, { ...table.params, format })}
          download={`${name}.${format}`}
          leftSection={<IconDownload size={14} />}
        >
          {format === "csv" ? "CSV" : "Parquet"}
        </Button>
      ))}
    </span>
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

function NothingHere({ children }: { children: ReactNode }) {
  const { search, change } = useAsked();
  return (
    <Empty title={search.filter ? "Nothing satisfies the filter" : `Nothing in ${windowName(search)}`}>
      <span>{children}</span>
      <div className="choices">
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
