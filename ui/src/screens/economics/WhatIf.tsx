// The same traffic on other terms: another model, caching, another service tier; what it would have cost, and what that supposes.
import { Autocomplete, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { prices, type WhatIfAnswer, whatIf } from "../../api/economics";
import { DataTable } from "../../kit/DataTable";
import { tracesOf } from "../../parts/asked";
import { inQuotes } from "../../parts/complete";
import { Tile } from "../../parts/Figures";
import { count, percentChange, UNKNOWN, usd, usdChange } from "../../parts/format";
import { Assumptions, WindowPriced } from "./Figures";
import { Frame } from "./Frame";
import { useEconomics } from "./state";

export function WhatIf() {
  const { search, asked } = useEconomics();
  const { model, provider, caching, tier } = search;
  const question = {
    ...asked,
    ...(model && { model }),
    ...(provider && { provider }),
    ...(caching && { caching }),
    ...(tier && { service_tier: tier }),
  };
  const chosen = Boolean(model || tier || caching);
  const found = useQuery({ ...whatIf(question), enabled: chosen });
  return (
    <Frame
      tab="what-if"
      what="what it would have cost"
      query={found}
      above={<Terms />}
      {...(chosen
        ? { table: { path: "/economics/what-if", params: question } }
        : { idle: <p className="note">Change one of the terms: the calls of this window are priced again on them.</p> })}
      isEmpty={(answer) => answer.calls === 0}
      empty="There is no call here whose tokens are known."
    >
      {(answer) => <Compared answer={answer} />}
    </Frame>
  );
}

const AS_IT_WAS = "as it was";
const TIERS = ["batch", "flex", "priority"];

/** What is to be different. */
function Terms() {
  const { search, change } = useEconomics();
  const listed = useQuery(prices("")).data?.prices ?? [];
  const options = [...new Set(listed.flatMap((price) => price.model ?? []))].sort();
  const [typed, setTyped] = useState(search.model ?? "");
  const take = (model: string) => change({ model: model.trim() || undefined, provider: undefined });
  const tiers = search.tier && !TIERS.includes(search.tier) ? [...TIERS, search.tier] : TIERS;
  return (
    <div className="terms" role="group" aria-label="Other terms">
      <Autocomplete
        size="xs"
        w={280}
        label="Model"
        placeholder={AS_IT_WAS}
        data={options}
        limit={50}
        value={typed}
        onChange={setTyped}
        onOptionSubmit={take}
        onBlur={() => typed !== (search.model ?? "") && take(typed)}
        onKeyDown={(event) => event.key === "Enter" && take(typed)}
      />
      <Select
        size="xs"
        w={160}
        label="Caching"
        data={[
          { value: "", label: AS_IT_WAS },
          { value: "on", label: "on" },
        ]}
        value={search.caching ? "on" : ""}
        allowDeselect={false}
        onChange={(said) => change({ caching: said ? true : undefined })}
      />
      <Select
        size="xs"
        w={160}
        label="Service tier"
        data={[{ value: "", label: AS_IT_WAS }, ...tiers.map((tier) => ({ value: tier, label: tier }))]}
        value={search.tier ?? ""}
        allowDeselect={false}
        onChange={(tier) => change({ tier: tier || undefined })}
      />
    </div>
  );
}

function Compared({ answer }: { answer: WhatIfAnswer }) {
  const { search, change, navigate } = useEconomics();
  const { window, actual_usd: actual, hypothetical_usd: other } = answer;
  const most = Math.max(actual ?? 0, other ?? 0, 1e-15);
  const cheaper = (answer.difference_usd ?? 0) < 0;
  const of = (model: string | null) => (model === null ? "model is null" : `model = ${inQuotes(model)}`);
  return (
    <div className="beside-table">
      <section>
        <div className="tiles">
          <Tile label="It cost" value={usd(actual)} window={window}>
            <WindowPriced />
          </Tile>
          <Tile label="It would have cost" value={usd(other)} window={window}>
            <span className="muted">
              {count(answer.calls_priced)} of {count(answer.calls)} calls, {count(answer.calls_left_out)} left out
            </span>
          </Tile>
          <Tile
            label="Difference"
            value={usdChange(answer.difference_usd)}
            window={window}
            tone={answer.difference_usd === null || answer.difference_usd === 0 ? undefined : cheaper ? "good" : "bad"}
          >
            <span className="muted">{percentChange(other, actual)}</span>
          </Tile>
        </div>
        <div className="versus-bars wide" aria-hidden="true">
          <span className="muted">it cost</span>
          <span className="bar">
            <i style={{ width: `${((actual ?? 0) / most) * 100}%`, background: "var(--part-other)" }} />
          </span>
          <span className="num">{usd(actual)}</span>
          <span className="muted">it would have cost</span>
          <span className="bar">
            <i style={{ width: `${((other ?? 0) / most) * 100}%`, background: cheaper ? "var(--ok)" : "var(--bad)" }} />
          </span>
          <span className="num">{usd(other)}</span>
        </div>
        <DataTable
          label="By model"
          rows={answer.by}
          keyOf={(row) => row.model ?? ""}
          sort={search.sort}
          onSort={(sort) => change({ sort }, true)}
          onOpen={(row) => navigate({ to: "/traces", search: tracesOf(search, window, of(row.model)) })}
          keys
          columns={[
            {
              id: "model",
              title: "Model now",
              sort: (row) => row.model,
              cell: (row) => (
                <Link to="/traces" search={tracesOf(search, window, of(row.model))}>
                  {row.model ?? UNKNOWN}
                </Link>
              ),
            },
            { id: "calls", title: "Calls", numeric: true, sort: (row) => row.calls, cell: (row) => count(row.calls) },
            { id: "actual", title: "It cost", numeric: true, sort: (row) => row.actual_usd, cell: (row) => usd(row.actual_usd) },
            {
              id: "other",
              title: "It would have cost",
              numeric: true,
              sort: (row) => row.hypothetical_usd,
              cell: (row) => usd(row.hypothetical_usd),
            },
            { id: "change", title: "Change", numeric: true, cell: (row) => percentChange(row.hypothetical_usd, row.actual_usd) },
          ]}
        />
      </section>
      <Assumptions title="What this supposes" said={answer.assumptions} />
    </div>
  );
}
