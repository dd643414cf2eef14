// A trace as a sequence of what happened: spans beginning and ending, first tokens, events and log records, in order of time.
import { useEffect, useRef, useState } from "react";
import type { SpanDetail } from "../../api/client";
import type { Reached } from "../../parts/SpanReader";
import { traceStart } from "../../parts/tree";

export type Moment = { at: number; what: string; span: SpanDetail; name: string };

export function momentsOf(spans: readonly SpanDetail[]): Moment[] {
  const zero = traceStart(spans);
  const moments: Moment[] = [];
  for (const span of spans) {
    const from = Number(BigInt(span.start_ns) - zero);
    moments.push({ at: from, what: "begins", span, name: span.name });
    const ttft = span.ttft_ns as number | null;
    if (ttft !== null) moments.push({ at: from + ttft, what: "first token", span, name: span.name });
    for (const event of span.events) {
      moments.push({
        at: Number(BigInt(event.time_ns) - zero),
        what: event.source === "log" ? "log" : "event",
        span,
        name: event.name,
      });
    }
    if (span.duration_ns !== null)
      moments.push({ at: from + span.duration_ns, what: span.status === "error" ? "fails" : "ends", span, name: span.name });
  }
  return moments.sort((a, b) => a.at - b.at);
}

/** How many of the moments, in order of time, have happened at `now`. */
export function happenedBy(moments: readonly Moment[], now: number): number {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle] as Moment).at <= now) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How far a replay that has come to `now` (ns since the trace's start; null: it is not played) is with a span. */
export function reachedBy(span: SpanDetail, zero: bigint, now: number | null): Reached {
  if (now === null) return { state: "over", events: span.events.length };
  const from = Number(BigInt(span.start_ns) - zero);
  const events = span.events.filter((event) => Number(BigInt(event.time_ns) - zero) <= now).length;
  if (now < from) return { state: "ahead", events };
  return { state: now < from + (span.duration_ns ?? 0) ? "running" : "over", events };
}

export type Player = {
  now: number | null;
  playing: boolean;
  speed: number;
  play: () => void;
  pause: () => void;
  stop: () => void;
  seek: (at: number) => void;
  setSpeed: (speed: number) => void;
};

/** A clock over [0, total] ns that runs `speed` times as fast as the trace did. */
export function usePlayer(total: number): Player {
  const [now, setNow] = useState<number | null>(null);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const last = useRef(0);
  useEffect(() => {
    if (!playing) return;
    last.current = performance.now();
    let frame = requestAnimationFrame(function tick(t) {
      const step = Math.max(0, t - last.current) * 1e6 * speed;
      last.current = t;
      setNow((n) => {
        const next = Math.min(total, (n ?? 0) + step);
        if (next >= total) setPlaying(false);
        return next;
      });
      frame = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing, speed, total]);
  return {
    now,
    playing,
    speed,
    play: () => {
      setNow((n) => (n === null || n >= total ? 0 : n));
      setPlaying(true);
    },
    pause: () => setPlaying(false),
    stop: () => {
      setPlaying(false);
      setNow(null);
    },
    seek: setNow,
    setSpeed,
  };
}
