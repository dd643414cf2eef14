// Money that bought nothing, by kind: how much, how it was found, and the traces to look at.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type WasteAnswer, type WasteKind, waste } from "../../api/economics";
import { DataTable } from "../../kit/DataTable";
import { tracesOf } from "../../parts/asked";
import { ShareBar, Tile, TraceIds } from "../../parts/Figures";
import { count, percent, usd } from "../../parts/format";
import { Assumptions, WindowPriced } from "./Figures";
import { Frame } from "./Frame";
import { useEconomics } from "./state";

export function Waste() {
  const { asked } = useEconomics();
  const found = useQuery(waste(asked));
  return (
    <Frame
      tab="waste"
      what="what was wasted; this reads prompts and takes a moment"
      query={found}
      table={{ path: "/economics/waste", params: asked }}
      isEmpty={(answer) => answer.kinds.every((kind) => !kind.calls) && answer.spend_usd === null}
      empty="Nothing here has a cost, so nothing of it was wasted."
    >
      {(answer) => <Wasted answer={answer} />}
    </Frame>
  );
}

function Wasted({ answer }: { answer: WasteAnswer }) {
  const { search, change, navigate } = useEconomics();
  const { window } = answer;
  const share = answer.spend_usd && answer.waste_usd !== null ? answer.waste_usd / answer.spend_usd : null;
  const open = (row: WasteKind) =>
    row.filter !== null && navigate({ to: "/traces", search: tracesOf(search, window, row.filter) });
  return (
    <>
      <div className="tiles">
        <Tile label="Wasted" value={usd(answer.waste_usd)} window={window} tone={(answer.waste_usd ?? 0) > 0 ? "bad" : undefined}>
          <span className="muted">{percent(share)} of what was spent</span>
        </Tile>
        <Tile label="Spend" value={usd(answer.spend_usd)} window={window}>
          <WindowPriced />
        </Tile>
      </div>
      <p className="note">{answer.how_added}</p>
      <DataTable
        label="Waste by kind"
        rows={answer.kinds}
        keyOf={(row) => row.kind}
        sort={search.sort ?? "-usd"}
        onSort={(sort) => change({ sort }, true)}
        onOpen={open}
        keys
        columns={[
          {
            id: "kind",
            title: "What",
            wide: true,
            cell: (row) => (
              <div className="kind-of-waste">
                <b>{row.title}</b> {row.estimate && <span className="chip">estimate</span>}{" "}
                {!row.added && <span className="chip">not in the sum</span>}
                <p>{row.meaning}</p>
                <details>
                  <summary className="muted">How it was found</summary>
                  <p className="muted">{row.how}</p>
                </details>
              </div>
            ),
          },
          { id: "usd", title: "Money", numeric: true, sort: (row) => row.usd, cell: (row) => <b>{usd(row.usd)}</b> },
          {
            id: "share",
            title: "Share",
            hint: "Of what was spent; of documents and system instructions: of the input tokens",
            numeric: true,
            sort: (row) => row.share,
            cell: (row) => (
              <span className="barred">
                <ShareBar share={row.share} colour="var(--bad)" /> {percent(row.share)}
              </span>
            ),
          },
          { id: "calls", title: "Calls", numeric: true, sort: (row) => row.calls, cell: (row) => count(row.calls) },
          { id: "requests", title: "Requests", numeric: true, sort: (row) => row.requests, cell: (row) => count(row.requests) },
          {
            id: "traces",
            title: "Traces to look at",
            wide: true,
            cell: (row) => (
              <>
                {row.filter !== null && (row.calls ?? 0) > 0 && (
                  <Link to="/traces" search={tracesOf(search, window, row.filter)}>
                    All of them
                  </Link>
                )}{" "}
                <TraceIds ids={row.trace_ids} />
              </>
            ),
          },
        ]}
      />
      <Assumptions said={answer.assumptions} />
    </>
  );
}
