// What every tab of Reliability stands in: filter, window, tabs, groups, downloads, and the states of its question.
import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo, useRef } from "react";
import { address, type Params } from "../../api/client";
import { Empty } from "../../kit/States";
import { useKeys } from "../../kit/useKeys";
import { useTitle } from "../../kit/useTitle";
import { WindowChoice } from "../../kit/WindowChoice";
import { edgesOf, windowName } from "../../kit/window";
import { FilterBar } from "../../parts/FilterBar";
import { Answered } from "../economics/Frame";
import { GroupBy } from "../economics/GroupBy";
import { useReliability } from "./state";
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
  isEmpty: (data: T) => boolean;
  empty: ReactNode;
  children: (data: T) => ReactNode;
};

export function Frame<T>({ tab, what, query, groups, table, windowed = true, above, isEmpty, empty, children }: Props<T>) {
  const { search, project, change, navigate } = useReliability();
  const input = useRef<HTMLInputElement>(null);
  const edges = useMemo(() => edgesOf(search), [search, query.data]);
  useTitle(`${TABS.find((one) => one.id === tab)?.title ?? ""} · Reliability`);
  const go = (to: Tab) => navigate({ to: "/reliability/$tab", params: { tab: to }, search: shared(search) });
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
        <nav className="tabs" aria-label="Reliability">
          {TABS.map(({ id, title }, index) => (
            <Link
              key={id}
              to="/reliability/$tab"
              params={{ tab: id }}
              search={shared(search)}
              activeOptions={{ includeSearch: false }}
              className="tab"
              title={`Press ${index + 1}`}
            >
              {title}
            </Link>
          ))}
        </nav>
        <span className="grow" />
        {groups && (
          <GroupBy
            project={project}
            value={groups}
            onChange={(names) => change({ by: names.join(",") || undefined, sort: undefined })}
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
        <Answered query={query} what={what} isEmpty={isEmpty} empty={<Nothing windowed={windowed}>{empty}</Nothing>}>
          {children}
        </Answered>
      </div>
    </>
  );
}

function Nothing({ windowed, children }: { windowed: boolean; children: ReactNode }) {
  const { search, change } = useReliability();
  if (!windowed) return children;
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
