// One request: what happened, in time, in its tree, and hop by hop.
import { ActionIcon, Button, Checkbox, Select } from "@mantine/core";
import {
  IconArrowLeft,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipBack,
  IconPlayerSkipForward,
  IconPlayerStop,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useCanGoBack, useNavigate, useRouter } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { ApiError, type TraceDetail } from "../../api/client";
import { span as spanQuery, trace as traceQuery } from "../../api/queries";
import { standing } from "../../api/reliability";
import { Copy } from "../../kit/Copy";
import { Empty, Failed, Loading } from "../../kit/States";
import { useKeys } from "../../kit/useKeys";
import { useTitle } from "../../kit/useTitle";
import { AddToDataset } from "../../parts/AddToDataset";
import { inQuotes } from "../../parts/complete";
import { costsOf } from "../../parts/costs";
import { clock, count, duration, UNKNOWN, usd } from "../../parts/format";
import { Status } from "../../parts/Marks";
import { SpanReader } from "../../parts/SpanReader";
import { buildRows, isHttpClient, traceStart } from "../../parts/tree";
import type { View } from "../../parts/views";
import { Waterfall } from "../../parts/Waterfall";
import { Happened, inWords } from "./Happened";
import { happenedBy, type Moment, momentsOf, type Player, reachedBy, usePlayer } from "./play";

const route = getRouteApi("/traces/$id");

export function TraceScreen() {
  const { id } = route.useParams();
  const { project = "default" } = route.useSearch();
  const found = useQuery(traceQuery(project, id));
  if (found.isPending) return <Loading what="the trace" />;
  if (found.isError && !found.data) {
    if (found.error instanceof ApiError && found.error.status === 404)
      return (
        <Empty title="No such trace">
          <span>{found.error.message}</span>
        </Empty>
      );
    return <Failed error={found.error} retry={() => found.refetch()} />;
  }
  return <Whole trace={found.data} project={project} />;
}

function Whole({ trace, project }: { trace: TraceDetail; project: string }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const router = useRouter();
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const http = search.http === true;
  const visible = useMemo(() => (http ? trace.spans : trace.spans.filter((s) => !isHttpClient(s))), [trace.spans, http]);
  const hidden = useMemo(() => trace.spans.filter(isHttpClient).length, [trace.spans]);
  const rows = useMemo(() => buildRows(visible, collapsed), [visible, collapsed]);
  // of all spans, folded and hidden ones too: a sum does not change with what is looked at
  const costs = useMemo(() => costsOf(buildRows(trace.spans, new Set())), [trace.spans]);
  const unpriced = trace.unpriced_count;
  const costly = costs.total !== null || unpriced > 0;
  const withCosts = costly && search.costs !== false;
  useTitle(trace.name ?? trace.trace_id);
  const zero = useMemo(() => traceStart(trace.spans), [trace.spans]);
  const moments = useMemo(() => momentsOf(visible), [visible]);
  const total = useMemo(() => Math.max(1, rows[0]?.to ?? 0, moments.at(-1)?.at ?? 0), [rows, moments]);
  const player = usePlayer(total);
  const last = player.now === null ? undefined : lastMoment(moments, player.now);
  const playing = player.playing ? last?.span.span_id : undefined; // the reader follows what happens
  const selected = playing ?? search.span ?? rows[0]?.span.span_id ?? null;
  const index = rows.findIndex((row) => row.span.span_id === selected);
  const light = trace.spans.find((s) => s.span_id === selected);
  const whole = useQuery(
    spanQuery(project, trace.trace_id, selected ?? "", trace.truncated === true && light !== undefined && !player.playing),
  );
  const compared = useQuery(standing(project, trace.trace_id, trace.settled)).data?.spans;
  const standings = useMemo(() => new Map(compared?.map((one) => [one.span_id, one])), [compared]);
  const shown = trace.truncated ? (whole.data ?? light) : light;

  const change = (next: Record<string, unknown>) =>
    navigate({ to: "/traces/$id", params: { id: trace.trace_id }, search: { ...search, ...next }, replace: true });
  const select = (spanId: string | undefined) => spanId && change({ span: spanId });
  const toggle = (spanId: string, fold?: boolean) =>
    setCollapsed((c) => {
      const next = new Set(c);
      if (fold ?? !c.has(spanId)) next.add(spanId);
      else next.delete(spanId);
      return next;
    });
  const step = (by: number) => {
    const at = player.now ?? -1;
    const next = by > 0 ? moments.find((m) => m.at > at) : moments.findLast((m) => m.at < at);
    if (next) pick(next);
  };
  const pick = (moment: Moment) => {
    player.pause();
    player.seek(moment.at);
    select(moment.span.span_id);
  };
  const pause = () => {
    player.pause();
    select(last?.span.span_id);
  };
  const canGoBack = useCanGoBack();
  const back = () => (canGoBack ? router.history.back() : navigate({ to: "/traces", search: { project } }));
  const onView = useCallback(
    (view: View) =>
      navigate({ to: ".", search: (was) => ({ ...was, view: view === "content" ? undefined : view }) as never, replace: true }),
    [navigate],
  );
  const move = (by: number) => select(rows[Math.min(rows.length - 1, Math.max(0, index + by))]?.span.span_id);
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    ArrowLeft: () => selected && toggle(selected, true),
    ArrowRight: () => selected && toggle(selected, false),
    p: () => (player.playing ? pause() : player.play()),
    n: () => step(1),
    b: () => step(-1),
    h: () => change({ http: !http }),
    c: () => change({ costs: search.costs === false ? undefined : false }),
    Escape: () => (player.now !== null ? player.stop() : back()),
  });
  const reached = shown && reachedBy(shown, zero, player.now);
  return (
    <>
      <div className="trace-head">
        <ActionIcon variant="subtle" color="gray" onClick={back} aria-label="Back to the list">
          <IconArrowLeft size={17} />
        </ActionIcon>
        <h1>{trace.name ?? "Root not here yet"}</h1>
        <Status status={trace.status} errors={trace.error_count} />
        <Figure label="Started" value={clock(trace.start)} title={trace.start} />
        <Figure label="Took" value={duration(trace.duration_ns)} />
        <Figure label="First token" value={duration(trace.ttft_ns)} />
        <Figure label="Tokens" value={tokens(trace)} />
        <Figure label="Cost" value={unpriced > 0 ? `${usd(trace.cost_usd)} and ${unpriced} unpriced` : usd(trace.cost_usd)} />
        {OTHERS.map(([label, fact]) => {
          const value = trace[fact];
          return (
            value && <Figure key={fact} label={label} value={value} project={project} filter={`${fact} = ${inQuotes(value)}`} />
          );
        })}
        <span className="mono muted">
          {trace.trace_id.slice(0, 8)}… <Copy value={trace.trace_id} what="trace id" />
        </span>
        {!trace.settled && <span className="chip">still arriving</span>}
        <span style={{ flex: 1 }} />
        <AddToDataset project={project} from={{ trace_ids: [trace.trace_id] }} />
        {hidden > 0 && (
          <Checkbox
            size="xs"
            label={`${hidden} HTTP spans`}
            checked={http}
            onChange={(e) => change({ http: e.currentTarget.checked })}
          />
        )}
        {moments.length > 0 && player.now === null && (
          <Button size="xs" variant="default" leftSection={<IconPlayerPlay size={14} />} onClick={player.play}>
            Play
          </Button>
        )}
      </div>
      {player.now !== null && (
        <Playing player={player} total={total} onStep={step} what={last ? inWords(last) : ""} onPause={pause} />
      )}
      <div className="trace">
        <div className="trace-left">
          <Waterfall
            rows={rows}
            selected={selected}
            collapsed={collapsed}
            now={player.now}
            standings={standings}
            costs={withCosts ? costs : null}
            {...(costly && { onCosts: () => change({ costs: withCosts ? false : undefined }) })}
            onSelect={(spanId) => {
              player.pause();
              select(spanId);
            }}
            onToggle={toggle}
          />
          {player.now !== null && (
            <Happened moments={moments} now={player.now} withoutEvents={trace.truncated === true} onPick={pick} />
          )}
        </div>
        {shown && reached ? (
          <SpanReader
            key={shown.span_id}
            span={shown}
            loading={whole.isFetching}
            standing={standings.get(shown.span_id)}
            reached={reached.state}
            happened={reached.events}
            view={search.view ?? "content"}
            onView={onView}
          />
        ) : (
          <Empty title="No such span">
            <span>This trace has no span {search.span}.</span>
          </Empty>
        )}
      </div>
    </>
  );
}

const OTHERS = [
  ["User", "user_id"],
  ["Session", "session_id"],
  ["Tenant", "tenant"],
] as const;

function tokens({ input_tokens, output_tokens }: TraceDetail): string {
  return input_tokens === null && output_tokens === null ? UNKNOWN : `${count(input_tokens)} in, ${count(output_tokens)} out`;
}

function lastMoment(moments: Moment[], now: number): Moment | undefined {
  return moments[happenedBy(moments, now) - 1];
}

type PlayingProps = { player: Player; total: number; what: string; onStep: (by: number) => void; onPause: () => void };

function Playing({ player, total, what, onStep, onPause }: PlayingProps) {
  return (
    <div className="player" role="group" aria-label="Playback">
      <ActionIcon
        variant="subtle"
        color="gray"
        onClick={player.playing ? onPause : player.play}
        aria-label={player.playing ? "Pause" : "Play"}
      >
        {player.playing ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" onClick={() => onStep(-1)} aria-label="Previous moment">
        <IconPlayerSkipBack size={16} />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" onClick={() => onStep(1)} aria-label="Next moment">
        <IconPlayerSkipForward size={16} />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" onClick={player.stop} aria-label="Stop playing">
        <IconPlayerStop size={16} />
      </ActionIcon>
      <span className="num" style={{ width: 76 }}>
        {duration(Math.round(player.now ?? 0))}
      </span>
      <input
        type="range"
        min={0}
        max={total}
        step={Math.max(1, Math.round(total / 2000))}
        value={player.now ?? 0}
        aria-label="Moment"
        onChange={(e) => {
          player.pause();
          player.seek(Number(e.currentTarget.value));
        }}
      />
      <span className="cut" style={{ width: 280 }} aria-live="polite">
        {what}
      </span>
      <Select
        size="xs"
        w={84}
        aria-label="Speed"
        data={["0.1", "0.25", "0.5", "1", "2", "10"].map((value) => ({ value, label: `${value} ×` }))}
        value={String(player.speed)}
        allowDeselect={false}
        onChange={(value) => player.setSpeed(Number(value))}
      />
    </div>
  );
}

type FigureProps = { label: string; value: string; title?: string; project?: string; filter?: string };

/** A fact of the request; with a filter, the way to the others that share it. */
function Figure({ label, value, title, project, filter }: FigureProps) {
  return (
    <dl className="figure" style={{ margin: 0 }}>
      <dt>{label}</dt>
      <dd className="cut" title={title ?? value}>
        {filter ? (
          <Link to="/traces" search={{ ...(project && { project }), filter, range: "all" }}>
            {value}
          </Link>
        ) : (
          value
        )}
      </dd>
    </dl>
  );
}
