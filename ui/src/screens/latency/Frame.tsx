// What every tab of Latency stands in: filter, window, tabs, what is measured, and the states of its question.
import { Button, Select } from "@mantine/core";
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
import { useLatency } from "./state";
import { MEASURES, measuredOf, type Of, shared, TABS, type Tab } from "./url";

type Props<T> = {
  tab: Tab;
  /** what is being loaded, in words */
  what: string;
  query: UseQueryResult<T>;
  /** whether rows and measure can be chosen here */
  measured?: boolean;
  /** what it is divided by; without it the tab has no groups */
  groups?: string[];
  /** where its table can be downloaded */
  table?: { path: string; params: Params };
  /** stands above the answer, whatever its state */
  above?: ReactNode;
  isEmpty: (data: T) => boolean;
  empty: ReactNode;
  children: (data: T) => ReactNode;
};

export function Frame<T>({ tab, what, query, measured = false, groups, table, above, isEmpty, empty, children }: Props<T>) {
  const { search, project, change, navigate } = useLatency();
  const input = useRef<HTMLInputElement>(null);
  const edges = useMemo(() => edgesOf(search), [search, query.data]);
  const title = TABS.find((one) => one.id === tab)?.title ?? "";
  useTitle(`${title} · Latency`);
  const go = (to: Tab) => navigate({ to: "/latency/$tab", params: { tab: to }, search: shared(search) });
  useKeys({
    ...Object.fromEntries(TABS.map(({ id }, index) => [String(index + 1), () => go(id)])),
    "/": () => input.current?.focus(),
  });
  return (
    <>
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
      <div className="subbar">
        <nav className="tabs" aria-label="Latency">
          {TABS.map(({ id, title: name }, index) => (
            <Link
              key={id}
              to="/latency/$tab"
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
        {measured && <Measure />}
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
        <Answered query={query} what={what} isEmpty={isEmpty} empty={<NothingHere>{empty}</NothingHere>}>
          {children}
        </Answered>
      </div>
    </>
  );
}

/** Whole requests or single spans, and which of their times. */
function Measure() {
  const { search, change } = useLatency();
  const { of, measure } = measuredOf(search);
  return (
    <>
      <Select
        size="xs"
        w={116}
        aria-label="Rows"
        data={[
          { value: "requests", label: "Requests" },
          { value: "spans", label: "Spans" },
        ]}
        value={of}
        allowDeselect={false}
        onChange={(value) => change({ of: value === "spans" ? (value as Of) : undefined, by: undefined, sort: undefined })}
      />
      <Select
        size="xs"
        w={190}
        aria-label="Measure"
        data={MEASURES.filter((one) => one.of.includes(of)).map((one) => ({ value: one.id, label: one.title }))}
        value={measure.id}
        allowDeselect={false}
        onChange={(value) => change({ measure: value === "duration_ns" ? undefined : (value ?? undefined) })}
      />
    </>
  );
}

function NothingHere({ children }: { children: ReactNode }) {
  const { search, change } = useLatency();
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
