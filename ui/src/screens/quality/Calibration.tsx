// One judge against people: whether it may be used and why, how it errs, how it has fared, and whether it has changed.
import { Button, NativeSelect } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense } from "react";
import {
  type CalibrationAnswer,
  type CalibrationSegment,
  calibrate,
  calibration,
  calibrations,
  type History,
  type KeptCalibration,
} from "../../api/quality";
import { agreement } from "../../api/reviews";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { Empty } from "../../kit/States";
import { useTitle } from "../../kit/useTitle";
import { groupName } from "../../parts/asked";
import { Named } from "../../parts/Figures";
import { Answered, TabLinks } from "../../parts/Frame";
import { clock, count, percent, UNKNOWN } from "../../parts/format";
import { keyOf } from "../../parts/series";
import { useAsked } from "../../parts/useAsked";
import { Anchors } from "./Anchors";
import { coefficient, judgeTitle, Ranged, range, said, ToReview, Whisker } from "./Figures";
import { PLACE } from "./Frame";
import { type QualitySearch, SEGMENTS } from "./url";

const HistoryChart = lazy(() => import("./HistoryChart").then((module) => ({ default: module.HistoryChart })));

const route = getRouteApi("/quality/calibration/$judge");

export function CalibrationScreen() {
  const { judge } = route.useParams();
  const { search, project, change } = useAsked<QualitySearch>();
  const segment = search.by ?? "task";
  const found = useQuery(
    calibration(judge, { project, ...(segment !== "none" && { segment }), ...(search.version && { version: search.version }) }),
  );
  useTitle(`${found.data ? judgeTitle(judge, found.data.score.name) : "Judge"} · Calibration`);
  return (
    <>
      <div className="subbar">
        <TabLinks place={PLACE} />
        <span className="grow" />
        {found.data && found.data.score.versions.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label="Version"
            data={[...found.data.score.versions].reverse().map((version) => ({ value: version, label: `version ${version}` }))}
            value={found.data.version}
            onChange={(event) => change({ version: event.currentTarget.value })}
          />
        )}
        <NativeSelect
          size="xs"
          aria-label="Divide by"
          data={[...SEGMENTS.map((name) => ({ value: name, label: `by ${name}` })), { value: "none", label: "undivided" }]}
          value={segment}
          onChange={(event) => change({ by: event.currentTarget.value, sort: undefined })}
        />
      </div>
      <div className="answer" aria-busy={found.isFetching && found.data !== undefined}>
        <Answered
          query={found}
          what="the calibration"
          isEmpty={(answer) => answer.judged === 0}
          empty={
            <Empty title="This version has judged nothing in 90 days">
              <span>Another version may have: choose it above.</span>
            </Empty>
          }
        >
          {(answer) => <Told judge={judge} answer={answer} />}
        </Answered>
      </div>
    </>
  );
}

function Told({ judge, answer }: { judge: string; answer: CalibrationAnswer }) {
  const { project } = useAsked<QualitySearch>();
  const history = useQuery(calibrations(judge, project));
  const known = useQueryClient();
  const keep = useMutation({
    mutationFn: () => calibrate(judge, project, answer.version),
    onSuccess: () => known.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith("/quality") }),
  });
  const { rates } = answer.score;
  const standing = history.data?.standing ?? answer.standing;
  return (
    <>
      <section className="card verdict" data-verdict={answer.labelled ? answer.verdict : "uncalibrated"} aria-label="Verdict">
        <header>
          <h2>
            {judgeTitle(judge, answer.score.name)} <span className="muted">version {answer.version}</span>
          </h2>
          <span className={`chip ${{ usable: "good", weak: "warn", "not usable": "bad" }[answer.verdict]}`}>
            {answer.labelled ? answer.verdict : "uncalibrated"}
          </span>
          {standing?.overdue && <span className="chip warn">overdue</span>}
          <span className="grow" />
          <ToReview judge={judge}>Label more</ToReview>
          <Button size="xs" loading={keep.isPending} disabled={answer.labelled === 0} onClick={() => keep.mutate()}>
            Calibrate now
          </Button>
        </header>
        <p>{answer.reason}</p>
        <p className="muted">
          {standing?.calibrated
            ? `Calibrated ${clock(standing.calibrated)}, due ${standing.due ? clock(standing.due) : UNKNOWN}.`
            : "Never calibrated: what stands here is of now, and is not kept until you calibrate."}{" "}
          {count(answer.judged)} verdicts of the last 90 days, {count(answer.labelled)} of them labelled.
        </p>
        {keep.isError && (
          <p className="fault" role="alert">
            {keep.error.message}
          </p>
        )}
      </section>
      {answer.warnings.map((warning) => (
        <p key={warning} className="note warned">
          {warning}
        </p>
      ))}
      <div className="tiles">
        <Figure label={rates ? "People would pass" : "People would give"} hint="Corrected: what to believe">
          <Ranged of={answer.labelled ? answer.shown : null} rates={rates} />
        </Figure>
        <Figure label="The judge says" hint="Raw">
          {said(answer.raw, rates)}
        </Figure>
        <Figure label="The labels alone" hint="Without the judge">
          <Ranged of={answer.labelled ? answer.labels_only : null} rates={rates} />
        </Figure>
        <Figure
          label={rates ? "Rogan & Gladen" : "Inverse regression"}
          hint="The same question under another assumption: that how the judge errs carries over. Where both part, traffic has moved"
        >
          <Ranged of={answer.rogan_gladen} rates={rates} />
        </Figure>
        <Figure label="Labels to halve the interval" hint="In all, drawn as they are now">
          {answer.labels_to_halve === null ? UNKNOWN : count(answer.labels_to_halve)}
        </Figure>
      </div>
      <div className="cards">
        <Confusion answer={answer} />
        <People judge={judge} answer={answer} />
        <Anchors judge={judge} />
      </div>
      {answer.segments.length > 0 && answer.segment && (
        <section className="scrolled">
          <h2>Where it is too kind or too harsh</h2>
          <Segments answer={answer} by={answer.segment} />
        </section>
      )}
      <section className="scrolled">
        <h2>How it has fared</h2>
        {history.data && <Kept history={history.data} rates={rates} />}
      </section>
    </>
  );
}

function Figure({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    <dl className="tile" title={hint}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </dl>
  );
}

function Confusion({ answer }: { answer: CalibrationAnswer }) {
  const { agreement: of } = answer;
  const binary = of.levels.length === 2 && answer.score.rates;
  const names = binary ? ["fail", "pass"] : of.levels.map(String);
  const most = Math.max(1e-9, ...of.counts.flat());
  return (
    <section className="card" aria-label="Agreement with people">
      <header>
        <h2>Agreement with people</h2>
      </header>
      <dl className="facts">
        <dt>{of.measure}</dt>
        <dd>
          <b>{coefficient(of.value?.value)}</b>{" "}
          <span className="muted">
            {of.value ? `${coefficient(of.value.low)} to ${coefficient(of.value.high)}` : "needs labels of both verdicts"}
          </span>
        </dd>
        {of.sensitivity && (
          <>
            <dt title="Of what people passed, what it passed">sensitivity</dt>
            <dd>
              <Ranged of={of.sensitivity} rates />
            </dd>
          </>
        )}
        {of.specificity && (
          <>
            <dt title="Of what people failed, what it failed">specificity</dt>
            <dd>
              <Ranged of={of.specificity} rates />
            </dd>
          </>
        )}
      </dl>
      {of.counts.length > 0 && (
        <table className="confusion" aria-label="Confusion matrix">
          <thead>
            <tr>
              <td />
              {names.map((name) => (
                <th key={name} scope="col">
                  people: {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {of.counts.map((row, i) => (
              <tr key={names[i]}>
                <th scope="row">judge: {names[i]}</th>
                {row.map((n, j) => (
                  <td
                    key={names[j]}
                    data-right={i === j}
                    style={{ "--share": n / most } as React.CSSProperties}
                    title={i === j ? "They agree" : "They disagree"}
                  >
                    {Number(n.toFixed(1))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {of.counts.length > 0 && <p className="muted small">At the labels' effective size.</p>}
      {answer.next_labels && (
        <p className="muted small">
          Of the next labels {percent(answer.next_labels.failed)} are best given to what it failed,{" "}
          {percent(answer.next_labels.passed)} to what it passed.
        </p>
      )}
    </section>
  );
}

function People({ judge, answer }: { judge: string; answer: CalibrationAnswer }) {
  const { project } = useAsked<QualitySearch>();
  const found = useQuery(agreement(judge, project)).data;
  const people = found?.people ?? answer.people;
  return (
    <section className="card" aria-label="People among themselves">
      <header>
        <h2>People among themselves</h2>
      </header>
      {people ? (
        <>
          <dl className="facts">
            <dt title="Krippendorff's">alpha</dt>
            <dd>
              <b>{coefficient(people.alpha.value)}</b>{" "}
              <span className="muted">
                {coefficient(people.alpha.low)} to {coefficient(people.alpha.high)}
              </span>
            </dd>
            {people.fleiss && (
              <>
                <dt>Fleiss' kappa</dt>
                <dd>{coefficient(people.fleiss.value)}</dd>
              </>
            )}
            {people.cohen !== null && (
              <>
                <dt title="Mean over pairs of raters with ten units or more in common">Cohen's kappa</dt>
                <dd>{coefficient(people.cohen)}</dd>
              </>
            )}
            <dt title="The most that any judge can be expected to agree with one person's labels">ceiling</dt>
            <dd>
              <b>{coefficient(people.ceiling)}</b> <span className="muted">no judge can be asked for more</span>
            </dd>
          </dl>
          <p className="muted small">
            {count(people.items)} units with two ratings or more, by {count(people.raters)} raters.
          </p>
        </>
      ) : (
        <p className="muted">
          No unit has two people's labels yet. Let two raters label the same units (the plan in Review says how many) and their
          agreement says how much can be asked of a judge.
        </p>
      )}
      {found && found.pairs.length > 0 && (
        <table className="versus" aria-label="Pairs of raters">
          <tbody>
            {found.pairs.slice(0, 5).map((pair) => (
              <tr key={pair.raters.join(" ")}>
                <th scope="row">{pair.raters.join(" and ")}</th>
                <td className="num">{percent(pair.same)} alike</td>
                <td className="num muted">of {count(pair.units)}</td>
                <td className="num">κ {coefficient(pair.kappa?.value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {found && found.raters.length > 0 && (
        <p className="muted small">{found.raters.map((rater) => `${rater.rater}: ${count(rater.labels)}`).join(" · ")}</p>
      )}
    </section>
  );
}

function Segments({ answer, by }: { answer: CalibrationAnswer; by: string }) {
  const { search, change } = useAsked<QualitySearch>();
  const { rates, name } = answer.score;
  const field = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `score.${name} is not null` : null;
  const biased = (row: CalibrationSegment) => row.bias?.value ?? null;
  const size = Math.max(rates ? 0.2 : 0.5, ...answer.segments.map((row) => Math.abs(biased(row)?.value ?? 0)));
  const columns: DataColumn<CalibrationSegment>[] = [
    {
      id: "group",
      title: by,
      sort: (row) => groupName(row.group),
      cell: (row) => (
        <Named
          name={groupName(row.group)}
          window={answer.window}
          filter={row.filter === null || field === null ? null : `${row.filter} and ${field}`}
        />
      ),
    },
    {
      id: "bias",
      title: "Judge − people",
      hint: "Among the labelled; flagged after looking at all segments, at most one in twenty for nothing",
      sort: (row) => biased(row)?.value ?? null,
      cell: (row) => {
        const bias = biased(row);
        if (!bias || bias.value === null) return <span className="muted">no label</span>;
        return (
          <span className="with-bar">
            <Whisker of={bias} raw={0} least={-size} most={size} />
            <b>{said(bias.value, rates).replace("-", "−")}</b> <span className="muted">{range(bias, rates)}</span>
            {row.bias?.flagged && <span className="chip bad">{bias.value > 0 ? "too kind" : "too harsh"}</span>}
          </span>
        );
      },
    },
    {
      id: "corrected",
      title: "Corrected",
      sort: (row) => row.corrected?.value ?? null,
      cell: (row) => <Ranged of={row.corrected} rates={rates} />,
    },
    {
      id: "raw",
      title: "Raw",
      numeric: true,
      sort: (row) => row.raw,
      cell: (row) => <span className="muted">{said(row.raw, rates)}</span>,
    },
    { id: "judged", title: "Judged", numeric: true, sort: (row) => row.judged, cell: (row) => count(row.judged) },
    { id: "labelled", title: "Labelled", numeric: true, sort: (row) => row.labelled, cell: (row) => count(row.labelled) },
  ];
  return (
    <DataTable
      label={`Bias by ${by}`}
      columns={columns}
      rows={answer.segments}
      keyOf={(row) => keyOf(row.group)}
      sort={search.sort}
      onSort={(sort) => change({ sort }, true)}
      keys
    />
  );
}

function Kept({ history, rates }: { history: History; rates: boolean }) {
  if (!history.calibrations.length)
    return <p className="muted">Each calibration is kept here, and their course is a chart. There is none yet.</p>;
  return (
    <>
      {history.calibrations.length > 1 && (
        <Suspense fallback={<div style={{ height: 180 }} />}>
          <HistoryChart history={history} />
        </Suspense>
      )}
      <DataTable
        label="Calibrations"
        columns={keptColumns(rates)}
        rows={[...history.calibrations].reverse()}
        keyOf={(row) => row.id}
      />
    </>
  );
}

const keptColumns = (rates: boolean): DataColumn<KeptCalibration>[] => [
  { id: "made", title: "When", cell: (row) => clock(row.made) },
  { id: "by", title: "", cell: (row) => <span className="muted">{row.made_by === "schedule" ? "by itself" : ""}</span> },
  { id: "version", title: "Version", cell: (row) => row.version || UNKNOWN },
  {
    id: "verdict",
    title: "Verdict",
    cell: (row) => (
      <span className={`chip ${{ usable: "good", weak: "warn", "not usable": "bad" }[row.verdict]}`}>{row.verdict}</span>
    ),
  },
  {
    id: "agreement",
    title: "Agreement",
    cell: (row) => (
      <span>
        {row.measure} {coefficient(row.agreement?.value)}{" "}
        <span className="muted">
          {row.agreement && `${coefficient(row.agreement.low)} to ${coefficient(row.agreement.high)}`}
        </span>
      </span>
    ),
  },
  { id: "sensitivity", title: "Sensitivity", cell: (row) => <Ranged of={row.sensitivity} rates /> },
  { id: "specificity", title: "Specificity", cell: (row) => <Ranged of={row.specificity} rates /> },
  { id: "corrected", title: "Corrected", cell: (row) => <Ranged of={row.corrected} rates={rates} /> },
  { id: "labels", title: "Labels", numeric: true, cell: (row) => count(row.labelled) },
];
