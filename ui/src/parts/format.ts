// Numbers as people read them. Unknown is a dash, never a zero.
export const UNKNOWN = "–";

export function duration(ns: number | null | undefined): string {
  if (ns === null || ns === undefined) return UNKNOWN;
  if (ns < 1e3) return `${Math.round(ns)} ns`;
  if (ns < 1e6) return `${round(ns / 1e3)} µs`;
  if (ns < 1e9) return `${round(ns / 1e6)} ms`;
  if (ns < 60e9) return `${round(ns / 1e9)} s`;
  const minutes = Math.floor(ns / 60e9);
  return minutes < 60 ? `${minutes} min ${Math.round((ns % 60e9) / 1e9)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long after (or before) something else: +410 ms. */
export function offset(ns: bigint): string {
  return `${ns < 0n ? "−" : "+"}${duration(Number(ns < 0n ? -ns : ns))}`;
}

export function count(n: number | null | undefined): string {
  return n === null || n === undefined ? UNKNOWN : n.toLocaleString("en-US");
}

export function usd(n: number | null | undefined): string {
  if (n === null || n === undefined) return UNKNOWN;
  if (n === 0) return "$0";
  return n >= 0.01 ? `$${n.toFixed(n >= 100 ? 0 : 4)}` : `$${Number(n.toPrecision(3))}`;
}

export function clock(iso: string): string {
  const at = new Date(iso);
  const time = at.toLocaleTimeString("en-GB", { hour12: false });
  return `${day(at)}${time}`;
}

export function minute(iso: string): string {
  const at = new Date(iso);
  return `${day(at)}${at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}

/** Nothing for today, day and month for another day, the year too where it is another. */
function day(at: Date): string {
  const now = new Date();
  if (now.toDateString() === at.toDateString()) return "";
  if (now.getFullYear() !== at.getFullYear()) return `${at.toLocaleDateString("en-CA")} `;
  return `${at.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} `;
}

export function text(value: unknown): string {
  if (value === null || value === undefined) return UNKNOWN;
  if (typeof value === "string") return value;
  const flat = JSON.stringify(value);
  return flat.length <= 60 ? flat : JSON.stringify(value, null, 2);
}

function round(n: number): string {
  return n >= 100 ? n.toFixed(0) : n >= 10 ? n.toFixed(1) : n.toFixed(2);
}
