// What became of everything that was sent: received = stored + duplicate + rejected.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ledger } from "../../api/queries";
import { Empty, Failed, Loading } from "../../kit/States";
import { useTitle } from "../../kit/useTitle";
import { count, minute } from "../../parts/format";

const route = getRouteApi("/ledger");

export function LedgerScreen() {
  const { project = "default" } = route.useSearch();
  const found = useQuery(ledger(project));
  useTitle("Ledger");
  if (found.isPending) return <Loading what="the ledger" />;
  if (found.isError && !found.data) return <Failed error={found.error} retry={() => found.refetch()} />;
  const { rows, total } = found.data;
  if (!rows.length)
    return (
      <Empty title="Nothing has been received">
        <span>Every span, log record and metric point that is sent to project “{project}” is accounted for here.</span>
      </Empty>
    );
  const sum = (name: string) => total[name] ?? 0;
  const right = sum("received") === sum("stored") + sum("duplicate") + sum("rejected");
  return (
    <div className="ledger">
      <p className="equation">
        {count(sum("received"))} received {right ? "=" : "≠"} {count(sum("stored"))} stored + {count(sum("duplicate"))} duplicate
        + {count(sum("rejected"))} rejected {!right && <span className="chip bad">this does not add up</span>}
      </p>
      <table>
        <thead>
          <tr>
            <th>Minute</th>
            <th>Signal</th>
            <th>Key</th>
            <th className="num">Received</th>
            <th className="num">Stored</th>
            <th className="num">Duplicate</th>
            <th className="num">Rejected</th>
            <th>Why</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.minute} ${row.key} ${row.signal}`}>
              <td className="when">{minute(row.minute)}</td>
              <td>{row.signal}</td>
              <td className="mono">{row.key || "–"}</td>
              <td className="num">{count(row.received)}</td>
              <td className="num">{count(row.stored)}</td>
              <td className="num">{count(row.duplicate)}</td>
              <td className="num">{count(row.rejected)}</td>
              <td>
                {Object.entries(row.reasons)
                  .map(([reason, n]) => `${count(n)} × ${reason}`)
                  .join("; ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
