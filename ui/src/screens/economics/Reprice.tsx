// Pricing a window again: asked twice, and then how much moved.
import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Repriced, reprice } from "../../api/economics";
import { edgesOf } from "../../kit/window";
import { count, usd, usdChange } from "../../parts/format";
import { useEconomics } from "./state";

export function Reprice() {
  const { search, project } = useEconomics();
  const known = useQueryClient();
  const [window, setWindow] = useState<{ from: string; to: string } | null>(null);
  const asked = useMutation({ mutationFn: reprice, onSuccess: () => known.invalidateQueries() });
  const closed = search.range !== "all" || Boolean(search.from);
  const ask = () => {
    const [from, to] = edgesOf(search);
    asked.reset();
    setWindow({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
  };
  return (
    <div className="reprice">
      <span>
        Prices changed, or a model got one? The calls of a window can be priced again; every sum changes at once, or none does.
      </span>
      <Button size="xs" variant="default" disabled={!closed} title={closed ? undefined : "Choose a window first"} onClick={ask}>
        Reprice this window
      </Button>
      <Modal opened={window !== null} onClose={() => setWindow(null)} title="Reprice this window">
        {window && (
          <div className="form">
            <dl className="facts">
              <dt>Project</dt>
              <dd>{project}</dd>
              <dt>From</dt>
              <dd className="mono">{window.from}</dd>
              <dt>To</dt>
              <dd className="mono">{window.to}</dd>
            </dl>
            {!asked.data && (
              <p>
                The cost of every call in it is made again from the prices as they are now.{" "}
                {search.filter && "The filter does not matter: all calls are priced."}
              </p>
            )}
            {asked.isError && (
              <p className="fault" role="alert">
                {asked.error.message}
              </p>
            )}
            {asked.data ? (
              <Moved by={asked.data} />
            ) : (
              <Button size="xs" loading={asked.isPending} onClick={() => asked.mutate({ project, ...window })}>
                Reprice it
              </Button>
            )}
          </div>
        )}
      </Modal>
    </div>
  );
}

function Moved({ by }: { by: Repriced }) {
  return (
    <div role="status">
      <p>
        <b>{usdChange(by.moved_usd)}</b>: from {usd(by.before_usd)} to {usd(by.after_usd)}. {count(by.changed)} of{" "}
        {count(by.spans)} spans changed, {count(by.newly_priced)} got a price for the first time.
      </p>
      {by.by_model
        .filter((row) => row.changed > 0)
        .map((row) => (
          <div key={row.model} className="mover">
            <span className="cut">{row.model}</span>
            <span>
              {usd(row.before_usd)} → {usd(row.after_usd)}
            </span>
          </div>
        ))}
    </div>
  );
}
