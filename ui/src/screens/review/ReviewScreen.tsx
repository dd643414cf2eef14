// People label what a judge judged, quickly and by keyboard. What the judge said is hidden until the person has answered.
import { Button, Kbd, Modal, NumberInput, TextInput } from "@mantine/core";
import { useIsMutating, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import {
  type Answered as AnsweredItem,
  answered,
  type Choice,
  draw,
  type Item,
  label,
  type Queue,
  queue,
  type Review,
  review,
  type SaidOf,
  skip,
  undo,
} from "../../api/reviews";
import { Empty, Failed, Loading } from "../../kit/States";
import { useKeys } from "../../kit/useKeys";
import { useTitle } from "../../kit/useTitle";
import { ShareBar } from "../../parts/Figures";
import { count } from "../../parts/format";
import { judgeTitle, ToCalibration, VerdictChip } from "../quality/Figures";
import { PlanForm } from "./PlanForm";
import { useRater } from "./rater";
import { Unit } from "./Unit";
import { NameForm, WhoAreYou } from "./WhoAreYou";

const route = getRouteApi("/review/$judge");

export function ReviewScreen() {
  const { judge } = route.useParams();
  const { project = "default" } = route.useSearch();
  const [rater, setRater] = useRater();
  const found = useQuery(review(project, judge, rater));
  useTitle(`Review ${found.data?.name ?? ""}`);
  if (!rater)
    return (
      <Empty title="Who labels?">
        <span>A label carries the name of the person who gave it. This browser remembers yours.</span>
        <NameForm rater="" onSay={setRater} />
      </Empty>
    );
  if (found.isError) return <Failed error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return <Loading what="the queue" />;
  return <Reviewing key={rater} of={found.data} project={project} rater={rater} onRater={setRater} />;
}

type Given = { item: Item; said: { label?: string; value?: number; explanation?: string } };
type Props = { of: Review; project: string; rater: string; onRater: (name: string) => void };

function Reviewing({ of, project, rater, onRater }: Props) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const known = useQueryClient();
  const asked = queue(project, of.judge, rater);
  const found = useQuery(asked);
  const answering = useIsMutating() > 0;
  const [explanation, setExplanation] = useState("");
  const explaining = useRef<HTMLInputElement>(null);
  const items = found.data?.items ?? [];
  const last = found.data?.last ?? null;
  const current = search.item ?? items[0]?.id ?? null;
  const open = items.find((item) => item.id === current);
  const shown = useQuery(answered(current !== null && !open ? current : null, rater)).data;
  const before = useQuery(answered(answering ? null : last, rater)).data;
  const item = open ?? shown?.item;
  const done = shown?.mine ? shown : undefined;
  const state = found.data?.queue ?? of.queue;

  const go = useCallback(
    (id: string | undefined, replace = false) => navigate({ to: ".", search: (was) => ({ ...was, item: id }) as never, replace }),
    [navigate],
  );
  const nextOf = (id: string | null, without: boolean) => {
    const at = items.findIndex((one) => one.id === id);
    const left = without ? items.filter((one) => one.id !== id) : items;
    return (without ? (left[Math.max(at, 0)] ?? left[0]) : left[Math.min(at + 1, left.length - 1)])?.id;
  };
  // Whoever labels by keyboard is faster than the server: an item leaves at once, what is said follows in order.
  const gone = useRef(new Set<string>());
  const inOrder = { scope: { id: `review ${of.judge}` } };
  const change = (how: (was: Queue) => Queue) => known.setQueryData<Queue>(asked.queryKey, (was) => (was ? how(was) : was));
  const leave = (id: string, labelled: number) => {
    const next = nextOf(id, true);
    gone.current.add(id);
    change((was) => ({
      items: was.items.filter((one) => one.id !== id),
      last: id,
      queue: { ...was.queue, open: was.queue.open - 1, this_week: was.queue.this_week + labelled },
    }));
    go(next);
  };
  const come = (back: Item | undefined) => {
    if (!back) return;
    gone.current.delete(back.id);
    change((was) => ({ ...was, items: [back, ...was.items.filter((one) => one.id !== back.id)] }));
    go(back.id);
  };
  const refresh = () =>
    known.invalidateQueries({ predicate: ({ queryKey }) => /^\/(quality|reviews(\/judge)?$)/.test(String(queryKey[0])) });
  const answer = useMutation({
    ...inOrder,
    mutationFn: ({ item, said }: Given) => label(item.id, { rater, ...said }),
    onMutate: ({ item }) => leave(item.id, 1),
    onSuccess: (told: AnsweredItem, { item }) => {
      known.setQueryData(answered(item.id, rater).queryKey, told);
      // while further answers are on their way the server's count is behind what is shown
      if (known.isMutating() <= 1) change((was) => ({ ...was, queue: told.queue }));
      if (items.length < 5 && told.queue.open > items.length) known.invalidateQueries({ queryKey: asked.queryKey });
      refresh();
    },
    onError: (_, { item }) => come(item),
  });
  const skipping = useMutation({
    ...inOrder,
    mutationFn: (item: Item) => skip(item.id, rater),
    onMutate: (item) => leave(item.id, 0),
    onSuccess: (next) => {
      const items = next.items.filter((one) => !gone.current.has(one.id));
      if (known.isMutating() <= 1) change((was) => ({ ...was, items, queue: next.queue }));
    },
    onError: (_, item) => come(item),
  });
  const undoing = useMutation({
    ...inOrder,
    mutationFn: (id: string) => undo(id, rater),
    onSuccess: (next, id) => {
      known.removeQueries({ queryKey: answered(id, rater).queryKey });
      change((was) => ({ ...was, last: next.last, queue: next.queue }));
      come(next.items.find((one) => one.id === id));
      refresh();
    },
  });
  const drawing = useMutation({
    mutationFn: (labels: number) => draw(project, of.judge, rater, labels),
    onSuccess: () => {
      known.invalidateQueries({ queryKey: asked.queryKey });
      go(undefined);
    },
  });
  const give = (said: Given["said"]) => {
    if (!open || gone.current.has(open.id)) return;
    answer.mutate({ item: open, said: { ...said, ...(explanation && { explanation }) } });
    setExplanation("");
  };
  const choose = (choice: Choice | undefined) => choice && give({ label: choice.label });
  useKeys({
    ...Object.fromEntries(of.choices.map((choice, index) => [String(index + 1), () => choose(choice)])),
    ...(of.type === "binary" && {
      p: () => choose(of.choices.find((choice) => choice.passes)),
      f: () => choose(of.choices.find((choice) => choice.passes === false)),
    }),
    s: () => open && !gone.current.has(open.id) && skipping.mutate(open),
    u: () => last && !undoing.isPending && undoing.mutate(last),
    j: () => go(nextOf(current, false)),
    k: () => go(previousOf(items, current, last)),
    e: () => explaining.current?.focus(),
    Escape: () => explaining.current?.blur(),
  });
  const main = useRef<HTMLDivElement>(null);
  useEffect(() => {
    main.current?.scrollTo({ top: 0 });
  }, [current]);
  const failed = answer.error ?? skipping.error ?? undoing.error ?? drawing.error;
  return (
    <>
      <div className="subbar">
        <b>{judgeTitle(of.judge, of.name)}</b>
        <span className="muted">version {of.version}</span>
        <span className="chips">
          <VerdictChip standing={of.standing} />
        </span>
        <ToCalibration judge={of.judge}>Calibration</ToCalibration>
        <span className="grow" />
        <Progress state={state} weekly={of.plan.weekly_labels} />
        <Button
          size="xs"
          variant="default"
          onClick={() => navigate({ to: ".", search: (was) => ({ ...was, plan: true }) as never })}
        >
          Plan and labels
        </Button>
        <WhoAreYou rater={rater} onSay={onRater} />
      </div>
      <div className="review">
        <div className="review-case" ref={main} role="region" aria-label="Case">
          {found.isError ? (
            <Failed error={found.error} retry={() => found.refetch()} />
          ) : found.isPending ? (
            <Loading what="the queue" />
          ) : item ? (
            <Unit key={item.id} item={item} project={project} />
          ) : (
            <AllDone of={of} drawing={drawing.isPending} onDraw={() => drawing.mutate(10)} items={state.items} />
          )}
        </div>
        <aside className="review-side" aria-label="Verdict">
          {failed && (
            <p className="fault" role="alert">
              {failed.message}
            </p>
          )}
          {item && !done && (
            <section aria-label="Your verdict">
              <h3>Your verdict</h3>
              <Choices of={of} disabled={!open} onChoose={choose} onNumber={(value) => give({ value })} />
              <TextInput
                ref={explaining}
                size="xs"
                mt={8}
                placeholder="Why (optional)"
                aria-label="Why"
                value={explanation}
                maxLength={10_000}
                onChange={(event) => setExplanation(event.currentTarget.value)}
              />
              <p className="muted small keys">
                <Kbd size="xs">s</Kbd> skip <Kbd size="xs">u</Kbd> undo <Kbd size="xs">j</Kbd> <Kbd size="xs">k</Kbd> next,
                previous <Kbd size="xs">e</Kbd> say why
              </p>
            </section>
          )}
          {done && <Outcome title="You have answered this one" of={done} onUndo={() => undoing.mutate(done.item.id)} />}
          {!done && before?.mine && before.item.id !== current && (
            <Outcome
              title="The one before"
              of={before}
              onUndo={() => undoing.mutate(before.item.id)}
              onOpen={() => go(before.item.id)}
            />
          )}
          <section aria-label="Rubric">
            <h3>What is asked</h3>
            {of.rubric ? (
              <div className="rubric">{of.rubric}</div>
            ) : (
              <p className="muted">
                This judge has no rubric here: its scores come from elsewhere. Judge “{of.name}” as its name says.
              </p>
            )}
          </section>
        </aside>
      </div>
      <Modal
        opened={search.plan === true}
        onClose={() => navigate({ to: ".", search: (was) => ({ ...was, plan: undefined }) as never })}
        title={`How ${of.name} is checked`}
        size="lg"
      >
        <PlanForm of={of} project={project} rater={rater} />
      </Modal>
    </>
  );
}

function previousOf(items: Queue["items"], current: string | null, last: string | null): string | undefined {
  const at = items.findIndex((one) => one.id === current);
  return at > 0 ? items[at - 1]?.id : (last ?? items[0]?.id);
}

function Progress({ state, weekly }: { state: Queue["queue"]; weekly: number }) {
  return (
    <span className="progress" role="status">
      <ShareBar share={weekly ? state.this_week / weekly : 1} />
      <span className="muted">
        {count(state.this_week)} of {count(weekly)} this week · {count(state.open)} wait for you
      </span>
    </span>
  );
}

type ChoicesProps = { of: Review; disabled: boolean; onChoose: (choice: Choice) => void; onNumber: (value: number) => void };

function Choices({ of, disabled, onChoose, onNumber }: ChoicesProps) {
  const [value, setValue] = useState<number | string>("");
  if (!of.choices.length)
    return (
      <form
        className="form inline"
        onSubmit={(event) => {
          event.preventDefault();
          if (typeof value === "number") onNumber(value);
        }}
      >
        <NumberInput size="xs" label="A number" value={value} onChange={setValue} data-autofocus />
        <Button size="xs" type="submit" disabled={disabled || typeof value !== "number"}>
          Give it
        </Button>
      </form>
    );
  return (
    <div className="verdicts">
      {of.choices.map((choice, index) => (
        <Button
          key={choice.label}
          variant="default"
          className="verdict-choice"
          data-passes={choice.passes ?? undefined}
          disabled={disabled}
          onClick={() => onChoose(choice)}
          rightSection={<Kbd size="xs">{of.type === "binary" ? choice.label[0] : index + 1}</Kbd>}
        >
          {choice.label}
        </Button>
      ))}
    </div>
  );
}

type OutcomeProps = { title: string; of: AnsweredItem; onUndo: () => void; onOpen?: () => void };

/** What the judge and others said of an item that this person has answered. */
function Outcome({ title, of, onUndo, onOpen }: OutcomeProps) {
  const alike = of.judge && of.mine ? word(of.judge) === word(of.mine) : null;
  return (
    <section className="outcome" aria-label={title}>
      <h3>
        {title}
        <span className="grow" />
        {onOpen && (
          <button type="button" className="more" onClick={onOpen}>
            look again
          </button>
        )}
        <button type="button" className="more" onClick={onUndo}>
          undo
        </button>
      </h3>
      <dl className="facts">
        <dt>you</dt>
        <dd>
          <b>{word(of.mine)}</b> {of.mine?.explanation && <span className="muted">{of.mine.explanation}</span>}
        </dd>
        <dt>the judge</dt>
        <dd>
          <b data-tone={alike === null ? undefined : alike ? "good" : "bad"}>{word(of.judge)}</b>{" "}
          {of.judge?.explanation && <span className="muted">{of.judge.explanation}</span>}
        </dd>
        {of.people.map((one) => (
          <div key={one.author} style={{ display: "contents" }}>
            <dt>{one.author}</dt>
            <dd>
              <b>{word(one)}</b> {one.explanation && <span className="muted">{one.explanation}</span>}
            </dd>
          </div>
        ))}
        <dt>drawn</dt>
        <dd className="muted">{WHY[of.drawn]}</dd>
      </dl>
    </section>
  );
}

const WHY: Record<AnsweredItem["drawn"], string> = {
  core: "from all alike",
  disagreement: "because judges disagree on it",
  uncertain: "because the judge was unsure",
  rare: "because its verdict is a rare one",
};

function word(said: SaidOf | null): string {
  if (!said) return "nothing";
  if (said.label) return said.label;
  if (said.value === 1) return "pass";
  if (said.value === 0) return "fail";
  return said.value === null ? "nothing" : String(said.value);
}

type DoneProps = { of: Review; drawing: boolean; items: number; onDraw: () => void };

function AllDone({ of, drawing, items, onDraw }: DoneProps) {
  return (
    <Empty title={items ? "All done" : "Nothing is drawn yet"}>
      <span>
        {items
          ? "You have answered all that waits for you. The queue fills itself by the week's quota as more is judged."
          : "The queue fills itself as soon as this judge has judged something new."}
      </span>
      <div className="choices">
        <Button size="xs" loading={drawing} onClick={onDraw}>
          Draw ten more now
        </Button>
        <ToCalibration judge={of.judge}>See its calibration</ToCalibration>
      </div>
    </Empty>
  );
}
