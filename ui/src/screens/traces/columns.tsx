// The trace list's columns: one row here is one column there.
import type { ReactNode } from "react";
import type { TraceSummary } from "../../api/client";
import { clock, count, duration, UNKNOWN, usd } from "../../parts/format";
import { Status } from "../../parts/Marks";

export type Column = {
  id: string;
  title: string;
  width: string;
  numeric?: boolean;
  shown: boolean;
  cell: (t: TraceSummary) => ReactNode;
};

const cut = (value: string | null) => (
  <span className="cut" title={value ?? undefined}>
    {value ?? UNKNOWN}
  </span>
);

/** What it cost; what of it has no price is said, never zero. */
function Cost({ of }: { of: TraceSummary }) {
  if (of.unpriced_count === 0) return usd(of.cost_usd);
  return (
    <span className="warned" title={`${count(of.unpriced_count)} of its calls have no price`}>
      {of.cost_usd === null ? "unpriced" : `${usd(of.cost_usd)}+`}
    </span>
  );
}

function Margin({ of }: { of: TraceSummary }) {
  if (of.revenue_usd === null || of.cost_usd === null) return UNKNOWN;
  const margin = of.revenue_usd - of.cost_usd;
  return <span data-tone={margin < 0 ? "bad" : undefined}>{usd(margin)}</span>;
}

export const COLUMNS: Column[] = [
  { id: "start", title: "Time", width: "108px", shown: true, cell: (t) => <span className="num">{clock(t.start)}</span> },
  {
    id: "name",
    title: "Request",
    width: "minmax(140px, 1.2fr)",
    shown: true,
    cell: (t) => (
      <span className="cut" title={t.name ?? undefined}>
        {t.name ?? <i className="muted">{t.settled ? "no root" : "root not here yet"}</i>}
      </span>
    ),
  },
  { id: "task", title: "Task", width: "110px", shown: false, cell: (t) => cut(t.task) },
  { id: "status", title: "Status", width: "84px", shown: true, cell: (t) => <Status status={t.status} errors={t.error_count} /> },
  { id: "duration", title: "Duration", width: "64px", numeric: true, shown: true, cell: (t) => duration(t.duration_ns) },
  { id: "ttft", title: "TTFT", width: "60px", numeric: true, shown: true, cell: (t) => duration(t.ttft_ns) },
  { id: "input_tokens", title: "Tokens in", width: "66px", numeric: true, shown: true, cell: (t) => count(t.input_tokens) },
  { id: "output_tokens", title: "out", width: "52px", numeric: true, shown: true, cell: (t) => count(t.output_tokens) },
  { id: "cost", title: "Cost", width: "74px", numeric: true, shown: true, cell: (t) => <Cost of={t} /> },
  { id: "revenue", title: "Revenue", width: "70px", numeric: true, shown: false, cell: (t) => usd(t.revenue_usd) },
  { id: "margin", title: "Margin", width: "70px", numeric: true, shown: false, cell: (t) => <Margin of={t} /> },
  { id: "cached", title: "Cached", width: "62px", numeric: true, shown: false, cell: (t) => count(t.cache_read_tokens) },
  { id: "models", title: "Models", width: "136px", shown: true, cell: (t) => cut(t.models.join(", ") || null) },
  { id: "user", title: "User", width: "84px", shown: true, cell: (t) => cut(t.user_id) },
  { id: "session", title: "Session", width: "120px", shown: false, cell: (t) => cut(t.session_id) },
  { id: "tenant", title: "Tenant", width: "90px", shown: false, cell: (t) => cut(t.tenant) },
  { id: "service", title: "Service", width: "110px", shown: false, cell: (t) => cut(t.service) },
  { id: "release", title: "Release", width: "90px", shown: false, cell: (t) => cut(t.release) },
  { id: "spans", title: "Spans", width: "50px", numeric: true, shown: true, cell: (t) => count(t.span_count) },
  { id: "input", title: "Input", width: "minmax(130px, 2fr)", shown: true, cell: (t) => cut(t.input_preview) },
  { id: "output", title: "Output", width: "minmax(130px, 2fr)", shown: true, cell: (t) => cut(t.output_preview) },
];

export function chosenColumns(said: string | undefined): Column[] {
  const ids = said?.split(",") ?? [];
  const chosen = COLUMNS.filter((column) => (said ? ids.includes(column.id) : column.shown));
  return chosen.length ? chosen : COLUMNS.filter((column) => column.shown);
}
