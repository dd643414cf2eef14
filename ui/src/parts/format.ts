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

/** Money: cents and thousands from a dollar on, four decimals below it, four significant digits below a cent. */
export function usd(n: number | null | undefined): string {
  if (n === null || n === undefined) return UNKNOWN;
  const said = amount(Math.abs(n));
  return n < 0 && said !== "0" ? `−$${said}` : `$${said}`;
}

/** A change of money, its direction said: +$1.20, −$0.35, $0. */
export function usdChange(n: number | null | undefined): string {
  const said = usd(n);
  return (n ?? 0) > 0 && said !== "$0" ? `+${said}` : said;
}

function amount(n: number): string {
  if (n < 1e-12) return "0";
  if (n >= 0.99995) return n.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  if (n >= 0.01) return n.toFixed(4);
  // four significant digits written out, whatever their place; never an exponent
  return n.toFixed(Math.min(20, 3 - Math.floor(Math.log10(n)))).replace(/0+$/, "");
}

/** A share as percent. What is not quite all never reads as 100%, what is not quite nothing never as 0%. */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined) return UNKNOWN;
  const of = Math.abs(share) * 100;
  const sign = share < 0 ? "−" : "";
  if (of === 0) return "0%";
  if (of < 0.01) return `${sign}<0.01%`;
  if (of < 1) return `${sign}${Number(of.toPrecision(2))}%`;
  if (of < 100 && of >= 99.95) return `${sign}${of < 99.99 ? (Math.floor(of * 100) / 100).toFixed(2) : ">99.99"}%`;
  return `${sign}${Number(of.toFixed(1)).toLocaleString("en-US")}%`;
}

/** How much more or less than before, as percent of before: +12%, −100%; nothing to compare with is a dash. */
export function percentChange(now: number | null | undefined, before: number | null | undefined): string {
  if (now == null || before == null || before === 0) return UNKNOWN;
  const said = percent((now - before) / Math.abs(before));
  return now > before ? `+${said}` : said;
}

/** How a share moved, in percentage points: +2.4 points. */
export function pointsChange(now: number | null | undefined, before: number | null | undefined): string {
  if (now == null || before == null) return UNKNOWN;
  const by = Number(((now - before) * 100).toFixed(1));
  return `${by > 0 ? "+" : by < 0 ? "−" : ""}${Math.abs(by)} ${Math.abs(by) === 1 ? "point" : "points"}`;
}

/** A number of any size in a few characters: 940, 12.3k, 4.56M. */
export function short(n: number | null | undefined): string {
  return n === null || n === undefined
    ? UNKNOWN
    : n.toLocaleString("en-US", { notation: "compact", maximumSignificantDigits: 3 }).replace("K", "k");
}

/** A ratio without a unit: 3.42 ×. */
export function times(n: number | null | undefined): string {
  if (n === null || n === undefined) return UNKNOWN;
  return n > 0 && n < 0.005 ? "<0.01 ×" : `${round(n)} ×`;
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
