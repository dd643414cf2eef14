// Two windows, releases, models or prompt versions side by side, and how sure it is that they differ.
import { Button, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { type CompareAnswer, type ComparedGroup, compare, type Difference } from "../../api/latency";
import { facts, values } from "../../api/queries";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { WindowPicker } from "../../kit/WindowPicker";
import { edgesOf } from "../../kit/window";
import { groupName, groupsOf, tracesOf } from "../../parts/asked";
import { inQuotes } from "../../parts/complete";
import { count, minute, percent } from "../../parts/format";
import { groupable } from "../../parts/groupable";
import { keyOf } from "../../parts/series";
import { LEAST, valued } from "./Figures";
import { Frame } from "./Frame";
import { useLatency } from "./state";
import { measuredOf } from "./url";

const FIRST = ["release", "model", "prompt_version", "provider", "region", "environment", "tenant"];

/** What stands on both sides: the window before and this one, or two values of a fact in this one. */
function useSides() {
  const { search, project } = useLatency();
  const fact = search.vs ?? null;
  const seen = useQuery(values(project, fact)).data?.values ?? [];
  // the two that are seen most, the later name on the right: v1 against v2
  const [first, second] = seen.slice(0, 2).sort((one, other) => one.localeCompare(other, undefined, { numeric: true }));
  const [a, b] = fact === null ? [] : [search.a ?? first, search.b ?? second];
  const filter = (value: string | undefined) => (fact && value !== undefined ? `${fact} = ${literal(value)}` : undefined);
  return {
    fact,
    seen,
    a,
    b,
    a_filter: filter(a),
    b_filter: filter(b),
    ready: fact === null || (a !== undefined && b !== undefined),
  };
}

const literal = (value: string) => (value === "true" || value === "false" ? value : inQuotes(value));

export function Compare() {
  const { search, asked } = useLatency();
  const { of, measure } = measuredOf(search);
  const sides = useSides();
  const groups = groupsOf(search.by, of === "spans" ? "stage" : "task");
  const { a_filter, b_filter } = sides;
  const question = {
    ...asked,
    of,
    measure: measure.id,
    group_by: groups,
    ...(a_filter && { a_filter }),
    ...(b_filter && { b_filter }),
    ...(!sides.fact && search.afrom && search.ato && { a_from: search.afrom, a_to: search.ato }),
  };
  const found = useQuery({ ...compare(question), enabled: sides.ready });
  const earlier = search.afrom && search.ato ? `${minute(search.afrom)} – ${minute(search.ato)}` : "before";
  const names: [string, string] = sides.fact ? [sides.a ?? "", sides.b ?? ""] : [earlier, "now"];
  return (
    <Frame
      tab="compare"
      what="both sides"
      query={found}
      measured
      groups={groups}
      above={<Choice />}
      isEmpty={(answer) => answer.a.n + answer.b.n === 0}
      empty="Neither side has anything to measure."
    >
      {(answer) => <Shown answer={answer} names={names} filters={[a_filter, b_filter]} by={groups} />}
    </Frame>
  );
}

/** What to compare: the fact, and one of its values on each side. */
function Choice() {
  const { search, change } = useLatency();
  const known = useQuery(facts).data?.facts ?? [];
  const { fact, seen, a, b } = useSides();
  const names = groupable(known);
  const edges = useMemo<[number, number]>(() => {
    const [from, to] = edgesOf(search);
    return search.afrom && search.ato ? [Date.parse(search.afrom), Date.parse(search.ato)] : [2 * from - to, from];
  }, [search]);
  const value = (side: "a" | "b", chosen: string | undefined) => (
    <Select
      size="xs"
      w={220}
      searchable
      aria-label={side === "a" ? "One side" : "The other side"}
      placeholder="a value"
      data={[...new Set([...(chosen ? [chosen] : []), ...seen])]}
      value={chosen ?? null}
      onChange={(next) => next && change({ [side]: next })}
    />
  );
  return (
    <div className="terms compared">
      <Select
        size="xs"
        w={200}
        searchable
        aria-label="Compare by"
        data={[
          { group: "Time", items: [{ value: "", label: search.afrom ? "another window" : "the window before" }] },
          { group: "Often", items: FIRST.filter((name) => names.includes(name)) },
          { group: "Facts", items: names.filter((name) => !FIRST.includes(name)) },
        ]}
        value={search.vs ?? ""}
        allowDeselect={false}
        onChange={(next) => change({ vs: next || undefined, a: undefined, b: undefined, afrom: undefined, ato: undefined })}
      />
      {!fact && (
        <>
          <WindowPicker edges={edges} onPick={(afrom, ato) => change({ afrom, ato })} />
          {search.afrom && search.ato ? (
            <>
              <span>
                {minute(search.afrom)} – {minute(search.ato)}
              </span>
              <Button size="xs" variant="default" onClick={() => change({ afrom: undefined, ato: undefined })}>
                The window before instead
              </Button>
            </>
          ) : (
            <span className="muted">or any other window, by the calendar</span>
          )}
        </>
      )}
      {fact && (
        <>
          {value("a", a)}
          <span className="muted">against</span>
          {value("b", b)}
          {seen.length < 2 && <span className="muted">Fewer than two values of {fact} were seen lately.</span>}
        </>
      )}
    </div>
  );
}

type ShownProps = {
  answer: CompareAnswer;
  names: [string, string];
  filters: [string | undefined, string | undefined];
  by: string[];
};

function Shown({ answer, names, filters, by }: ShownProps) {
  const { search, change, navigate } = useLatency();
  const said = valued(answer.unit);
  const columns = useMemo(() => columnsOf(answer, names, by), [answer, names, by]);
  const reach = Math.max(
    ...answer.differences.flatMap((d) => [Math.abs(d.low ?? d.difference ?? 0), Math.abs(d.high ?? d.difference ?? 0)]),
    1,
  );
  const to = (side: 0 | 1) => tracesOf(search, side === 0 ? answer.a_window : answer.b_window, filters[side] ?? null);
  return (
    <>
      <table className="data sides" aria-label="Both sides">
        <thead>
          <tr>
            <th />
            {names.map((name, side) => (
              <th key={side === 0 ? "a" : "b"} className="num">
                <Link to="/traces" search={to(side as 0 | 1)}>
                  {name}
                </Link>{" "}
                <span className="muted">n {count(side === 0 ? answer.a.n : answer.b.n)}</span>
              </th>
            ))}
            <th className="num">Difference</th>
            <th>with its {percent(answer.level)} interval</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {answer.differences.map((one) => (
            <tr key={one.of}>
              <th scope="row">{one.of === "mean" ? "Mean" : one.of.toUpperCase()}</th>
              <td className="num">{shown(answer.a, one, one.a, said)}</td>
              <td className="num">{shown(answer.b, one, one.b, said)}</td>
              <td className="num">{one.enough ? <Signed one={one} said={said} good={answer.unit !== "ns"} /> : ""}</td>
              <td>{one.enough && one.low !== null && one.high !== null && <Around one={one} reach={reach} said={said} />}</td>
              <td>{verdict(one)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {answer.groups.length > 0 && (
        <section className="scrolled">
          <DataTable
            label={`Both sides by ${by.join(", ")}`}
            columns={columns}
            rows={answer.groups}
            keyOf={(row) => keyOf(row.group)}
            sort={search.sort}
            onSort={(sort) => change({ sort }, true)}
            onOpen={(row) =>
              row.filter !== null &&
              navigate({ to: "/traces", search: tracesOf(search, answer.b_window, filters[1] ?? null, row.filter) })
            }
            keys
          />
        </section>
      )}
      <p className="muted">
        Intervals treat every row as drawn by itself. A difference is clear when its interval leaves out zero; among many rows one
        in twenty looks clear by chance.
      </p>
    </>
  );
}

type Side = CompareAnswer["a"];

function shown(side: Side, one: Difference, value: number | null, said: (n: number | null) => string) {
  if (one.of === "mean") return said(value);
  if (side.n === 0) return "–";
  return side.enough[one.of] ? (
    said(value)
  ) : (
    <span className="muted" title={`It takes ${LEAST[one.of]}`}>
      max of {count(side.n)}: {said(side.max)}
    </span>
  );
}

function verdict(one: Difference) {
  if (!one.enough) return <span className="muted">too few</span>;
  if (!one.clear) return <span className="muted">no clear difference</span>;
  return (one.difference ?? 0) > 0 ? "clearly more" : "clearly less";
}

type SignedProps = { one: Difference; said: (n: number | null) => string; good: boolean };

/** A difference with its sign; where it is clear, more time is bad and more tokens a second are `good`. */
function Signed({ one, said, good }: SignedProps) {
  const { difference: by, relative, clear } = one;
  if (by === null) return <span className="muted">–</span>;
  const sign = by > 0 ? "+" : by < 0 ? "−" : "";
  return (
    <span data-tone={clear ? (by > 0 === good ? "good" : "bad") : undefined}>
      {sign}
      {said(Math.abs(by))}
      {relative !== null && by !== 0 && <span className="muted"> {`${sign}${percent(Math.abs(relative))}`}</span>}
    </span>
  );
}

/** An interval around a difference, on a scale with zero in the middle. */
function Around({ one, reach, said }: { one: Difference; reach: number; said: (n: number | null) => string }) {
  const place = (n: number) => 50 + (n / reach) * 48;
  const [low, high] = [one.low ?? 0, one.high ?? 0];
  const words = [low, high].map((n) => `${n < 0 ? "−" : "+"}${said(Math.abs(n))}`).join(" to ");
  return (
    <span className="around" title={words} role="img" aria-label={words}>
      <i style={{ left: `${place(low)}%`, width: `${Math.max(0.5, place(high) - place(low))}%` }} data-clear={one.clear} />
      <b style={{ left: `${place(one.difference ?? 0)}%` }} />
    </span>
  );
}

function columnsOf(answer: CompareAnswer, names: [string, string], by: string[]): DataColumn<ComparedGroup>[] {
  const said = valued(answer.unit);
  const of = (row: ComparedGroup, name: Difference["of"]) => row.differences.find((one) => one.of === name);
  return [
    {
      id: "group",
      title: by.join(", "),
      sort: (row) => groupName(row.group),
      cell: (row) => <span className="cut">{groupName(row.group)}</span>,
    },
    { id: "na", title: `n ${names[0]}`, numeric: true, sort: (row) => row.a.n, cell: (row) => count(row.a.n) },
    { id: "nb", title: `n ${names[1]}`, numeric: true, sort: (row) => row.b.n, cell: (row) => count(row.b.n) },
    ...(["p50", "p95"] as const).flatMap((name) => [
      ...([0, 1] as const).map((side) => ({
        id: `${name}${side}`,
        title: `${name.toUpperCase()} ${names[side]}`,
        numeric: true,
        sort: (row: ComparedGroup) => (side === 0 ? row.a : row.b)[name],
        cell: (row: ComparedGroup) => {
          const values = side === 0 ? row.a : row.b;
          return values.enough[name] ? said(values[name]) : <span className="muted">too few</span>;
        },
      })),
      {
        id: `${name}d`,
        title: "Difference",
        numeric: true,
        sort: (row: ComparedGroup) => of(row, name)?.difference ?? null,
        cell: (row: ComparedGroup) => {
          const one = of(row, name);
          if (!one?.enough) return <span className="muted">too few</span>;
          if (!one.clear) return <span className="muted">not clear</span>;
          return <Signed one={one} said={said} good={answer.unit !== "ns"} />;
        },
      },
    ]),
  ];
}
