// How good the answers were: a score over time and by segment, a judge's corrected by what people said.
import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { type QualityGroup, type ScoreName, scoreNames, type TrendAnswer, trend, type Which } from "../../api/quality";
import { type DataColumn, DataTable } from "../../kit/DataTable";
import { Empty } from "../../kit/States";
import { groupName, tracesOf } from "../../parts/asked";
import { Named, Tile } from "../../parts/Figures";
import { clock, count } from "../../parts/format";
import { colourOf, keyOf } from "../../parts/series";
import { useAsked } from "../../parts/useAsked";
import { judgeTitle, Ranged, range, said, ToCalibration, ToReview, VerdictChip, Whisker } from "./Figures";
import { Frame } from "./Frame";
import { type QualitySearch, SEGMENTS } from "./url";

// the figures do not wait for the charting library
const TrendChart = lazy(() => import("./TrendChart").then((module) => ({ default: module.TrendChart })));

export function Trend() {
  const { search, asked, change } = useAsked<QualitySearch>();
  const { project, from, to } = asked;
  const names = useQuery(scoreNames({ project, ...(from && { from }), ...(to && { to }) }));
  const which = whichOf(search, names.data?.scores);
  const by = search.by ?? "task";
  const question = { ...asked, ...which, group_by: by === "none" ? [] : [by] };
  const found = useQuery(trend(question, which !== null));
  const choice = which ? keyOfWhich(which) : "";
  const idle =
    which === null && names.data ? (
      <Empty title="Nothing is scored here yet">
        <span>
          Scores come from judges, code, people and users: POST /api/v1/scores takes them. A judge that is switched on shows here
          after its first verdict.
        </span>
      </Empty>
    ) : undefined;
  return (
    <Frame
      tab="trend"
      what="the scores"
      query={names.isError ? (names as unknown as typeof found) : found}
      controls={
        <>
          {names.data && names.data.scores.length > 0 && (
            <NativeSelect
              size="xs"
              aria-label="Score"
              data={options(names.data.scores, choice)}
              value={choice}
              onChange={(event) => change({ ...chosen(event.currentTarget.value) })}
            />
          )}
          <NativeSelect
            size="xs"
            aria-label="Divide by"
            data={[...SEGMENTS.map((name) => ({ value: name, label: `by ${name}` })), { value: "none", label: "undivided" }]}
            value={by}
            onChange={(event) => change({ by: event.currentTarget.value, sort: undefined })}
          />
        </>
      }
      {...(which && { table: { path: "/quality/trend", params: question } })}
      idle={idle}
      isEmpty={(answer) => answer.total.judged === 0}
      empty="Nothing has this score here."
    >
      {(answer) => <Told answer={answer} by={by} />}
    </Frame>
  );
}

function Told({ answer, by }: { answer: TrendAnswer; by: string }) {
  const { search, change, navigate } = useAsked<QualitySearch>();
  const { total, window, score, standing } = answer;
  const judge = score.author;
  const corrected = total.corrected;
  const isJudge = score.source === "judge";
  const traces = (from: string, to: string, filter: string | null) =>
    navigate({ to: "/traces", search: tracesOf({ ...search, filter: "" }, { from, to }, answer.filter, filter) });
  return (
    <>
      <div className="tiles">
        {isJudge ? (
          <Tile
            label={score.rates ? "People would pass" : "People would give"}
            value={corrected ? said(corrected.value, score.rates) : "uncalibrated"}
            window={window}
            filter={answer.filter}
            hint="Corrected: what people would have said of all that was judged"
          >
            <span className="muted">
              {corrected ? `95 % interval ${range(corrected, score.rates)}` : "nobody has labelled any of it"}
            </span>
          </Tile>
        ) : (
          <Tile
            label={score.rates ? "Passed" : "Mean"}
            value={said(total.raw, score.rates)}
            window={window}
            filter={answer.filter}
          >
            <span className="muted">95 % interval {range(total.raw_interval, score.rates)}</span>
          </Tile>
        )}
        {isJudge && (
          <Tile
            label="The judge says"
            value={said(total.raw, score.rates)}
            window={window}
            filter={answer.filter}
            hint="Raw: the judge's own number, errors and all"
          >
            {corrected && corrected.value !== null && total.raw !== null ? (
              <span className="muted">{apart(total.raw - corrected.value, score.rates)}</span>
            ) : (
              <span className="warned">uncalibrated: how far it is off is unknown</span>
            )}
          </Tile>
        )}
        <Tile label="Scored" value={count(total.judged)} window={window} filter={answer.filter}>
          {answer.filter_failed && <Named name="What did not pass" window={window} filter={answer.filter_failed} />}
        </Tile>
        {isJudge && judge && (
          <dl className="tile">
            <dt>Labelled by people</dt>
            <dd>{count(total.labelled)}</dd>
            <dd className="beside">
              <ToReview judge={judge}>Label more</ToReview>
            </dd>
          </dl>
        )}
        {isJudge && judge && (
          <dl className="tile">
            <dt>The judge</dt>
            <dd className="chips">
              <VerdictChip standing={standing} />
            </dd>
            <dd className="beside">
              <ToCalibration judge={judge}>
                {standing?.calibrated ? `calibrated ${clock(standing.calibrated)}` : "Its calibration"}
              </ToCalibration>
            </dd>
          </dl>
        )}
      </div>
      {isJudge && judge && !corrected && (
        <p className="note">
          This judge is uncalibrated: its number may be off by any amount.{" "}
          <ToReview judge={judge}>Label ten of its verdicts</ToReview> and the number here is corrected at once.
        </p>
      )}
      {standing?.note && corrected && <p className="note warned">{standing.note}</p>}
      {answer.ratings.picked > 0 && (
        <p className="note">
          {count(answer.ratings.picked)} labels were picked by hand. Nobody knows how likely their units were to be chosen, so
          they correct nothing.
        </p>
      )}
      <Suspense fallback={<div style={{ height: 240 }} />}>
        <TrendChart answer={answer} onPick={(from, to) => traces(from, to, null)} />
      </Suspense>
      {isJudge && corrected && (
        <p className="muted small">
          Band: corrected, 95 %. Dashed: the judge alone. Periods lend each other labels: what a verdict means is taken to be
          alike as far as the labels say so.
        </p>
      )}
      {by !== "none" && answer.groups.length > 0 && (
        <section className="scrolled">
          <h2>By {by}</h2>
          <DataTable
            label={`Quality by ${by}`}
            columns={columns(by, answer)}
            rows={answer.groups}
            keyOf={(row) => keyOf(row.group)}
            sort={search.sort}
            onSort={(sort) => change({ sort }, true)}
            onOpen={(row) =>
              row.filter !== null &&
              navigate({ to: "/traces", search: tracesOf({ ...search, filter: "" }, window, answer.filter, row.filter) })
            }
            keys
          />
          {answer.more_groups > 0 && <p className="muted">{count(answer.more_groups)} more groups.</p>}
        </section>
      )}
    </>
  );
}

function columns(by: string, answer: TrendAnswer): DataColumn<QualityGroup>[] {
  const { rates } = answer.score;
  const isJudge = answer.score.source === "judge";
  const rank = new Map(answer.groups.map((row, index) => [keyOf(row.group), index]));
  const ends = answer.groups.flatMap((row) =>
    [row.raw, row.lent?.low, row.lent?.high].filter((n): n is number => typeof n === "number"),
  );
  const [least, most] = rates ? [0, 1] : [Math.min(...ends, 0), Math.max(...ends, 1)];
  const filter = (row: QualityGroup) => (row.filter === null ? null : [answer.filter, row.filter].filter(Boolean).join(" and "));
  return [
    {
      id: "group",
      title: by,
      sort: (row) => groupName(row.group),
      cell: (row) => (
        <span className="named">
          <i className="dot" style={{ background: `var(${colourOf(rank.get(keyOf(row.group)) ?? answer.groups.length)})` }} />
          <Named name={groupName(row.group)} window={answer.window} filter={filter(row)} />
        </span>
      ),
    },
    ...(isJudge
      ? [
          {
            id: "corrected",
            title: "Corrected",
            hint: "By this group's own labels: what to believe of one that stands out",
            sort: (row: QualityGroup) => row.corrected?.value ?? null,
            cell: (row: QualityGroup) =>
              row.corrected ? <Ranged of={row.corrected} rates={rates} /> : <span className="warned">uncalibrated</span>,
          },
          {
            id: "lent",
            title: "with others' labels",
            hint: "Groups lend each other labels: narrower, right on average, drawn towards the others where a group is unlike them",
            sort: (row: QualityGroup) => row.lent?.value ?? null,
            cell: (row: QualityGroup) => (
              <span className="with-bar">
                <Whisker of={row.lent} raw={row.raw} least={least} most={most} />
                <Ranged of={row.lent} rates={rates} />
              </span>
            ),
          },
        ]
      : [
          {
            id: "raw_interval",
            title: rates ? "Passed" : "Mean",
            sort: (row: QualityGroup) => row.raw,
            cell: (row: QualityGroup) => (
              <span className="with-bar">
                <Whisker of={row.raw_interval} least={least} most={most} />
                <Ranged of={row.raw_interval} rates={rates} />
              </span>
            ),
          },
        ]),
    ...(isJudge
      ? [
          {
            id: "raw",
            title: "The judge says",
            numeric: true,
            sort: (row: QualityGroup) => row.raw,
            cell: (row: QualityGroup) => <span className="muted">{said(row.raw, rates)}</span>,
          },
        ]
      : []),
    { id: "judged", title: "Scored", numeric: true, sort: (row) => row.judged, cell: (row) => count(row.judged) },
    ...(isJudge
      ? [
          {
            id: "labelled",
            title: "Labelled",
            numeric: true,
            sort: (row: QualityGroup) => row.labelled,
            cell: (row: QualityGroup) => count(row.labelled),
          },
        ]
      : []),
  ];
}

function apart(by: number, rates: boolean): string {
  const size = rates ? `${Math.abs(by * 100).toFixed(1)} points` : Math.abs(by).toFixed(2);
  if (Math.abs(by) < (rates ? 0.0005 : 0.005)) return "as people would";
  return by > 0 ? `${size} kinder than people` : `${size} harsher than people`;
}

function whichOf(search: QualitySearch, scores: readonly ScoreName[] | undefined): Which | null {
  if (search.judge) return { judge: search.judge, ...(search.score && { name: search.score }) };
  if (search.score) return { name: search.score, source: search.source ?? "judge" };
  const first = scores?.find((score) => score.source !== "person") ?? scores?.[0];
  if (!first) return null;
  return ofName(first);
}

function ofName(score: ScoreName): Which {
  return score.source === "judge" && score.author
    ? { judge: score.author, name: score.name }
    : { name: score.name, source: score.source };
}

const keyOfWhich = (which: Which) => JSON.stringify([which.judge ?? null, which.name ?? null, which.source ?? null]);

function options(scores: readonly ScoreName[], choice: string): { value: string; label: string }[] {
  const made = scores
    .filter((score) => score.source !== "person")
    .map((score) => ({
      value: keyOfWhich(ofName(score)),
      label: score.source === "judge" ? judgeTitle(score.author ?? "", score.name) : `${score.name} by ${score.source}`,
    }));
  return made.some((one) => one.value === choice) || !choice ? made : [{ value: choice, label: labelOf(choice) }, ...made];
}

function labelOf(choice: string): string {
  const [judge, name] = JSON.parse(choice) as [string | null, string | null];
  return name ?? judge ?? "";
}

function chosen(key: string): Pick<QualitySearch, "judge" | "score" | "source"> {
  const [judge, score, source] = JSON.parse(key) as [string | null, string | null, string | null];
  return { judge: judge ?? undefined, score: score ?? undefined, source: source ?? undefined } as never;
}
