// Is it the judge? What it says, day by day, of units that people labelled and that never change.
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { anchors, chooseAnchors } from "../../api/quality";
import { clock, count } from "../../parts/format";
import { useAsked } from "../../parts/useAsked";
import { said } from "./Figures";

const TITLES = { none: "quiet", waiting: "waiting", system: "the product moved", judge: "the judge moved" } as const;
const TONES = { none: "good", waiting: "warn", system: "warn", judge: "bad" } as const;

export function Anchors({ judge }: { judge: string }) {
  const { project } = useAsked();
  const known = useQueryClient();
  const found = useQuery(anchors(judge, project)).data;
  const choose = useMutation({
    mutationFn: () => chooseAnchors(judge, project),
    onSuccess: (answer) => known.setQueryData(anchors(judge, project).queryKey, answer),
  });
  if (!found) return null;
  const most = Math.log(Math.max(found.evidence_needed, ...found.batches.map((batch) => batch.evidence ?? 1)));
  return (
    <section className="card" aria-label="Is it the judge?">
      <header>
        <h2>Is it the judge?</h2>
        {found.judged > 0 && <span className={`chip ${TONES[found.who_moved]}`}>{TITLES[found.who_moved]}</span>}
        <span className="grow" />
        <Button size="xs" variant="default" loading={choose.isPending} onClick={() => choose.mutate()}>
          {found.anchors ? "Choose anew" : "Choose anchors"}
        </Button>
      </header>
      <p>{found.meaning}</p>
      {choose.isError && (
        <p className="fault" role="alert">
          {choose.error.message}
        </p>
      )}
      {found.anchors > 0 && (
        <p className="muted small">
          {count(found.anchors)} anchors since {found.since ? clock(found.since) : ""}, judged {count(found.judged)} times. A mean
          change up to {said(found.tolerance, true)} counts as none.
        </p>
      )}
      {found.batches.length > 0 && (
        <table className="versus" aria-label="Batches of anchors">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Version</th>
              <th scope="col" className="num">
                Changed by
              </th>
              <th scope="col">Evidence of a change</th>
            </tr>
          </thead>
          <tbody>
            {found.batches.slice(-8).map((batch) => (
              <tr key={`${batch.time} ${batch.version}`}>
                <td>{clock(batch.time)}</td>
                <td>{batch.version}</td>
                <td className="num">{said(batch.moved_by, true)}</td>
                <td>
                  <span className="sharebar" title={`${batch.evidence?.toFixed(2)} of ${found.evidence_needed} needed`}>
                    <i
                      style={{
                        width: `${Math.max(0, Math.min(1, Math.log(Math.max(batch.evidence ?? 1, 1)) / most)) * 100}%`,
                        background: (batch.evidence ?? 0) >= found.evidence_needed ? "var(--bad)" : "var(--accent)",
                      }}
                    />
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
