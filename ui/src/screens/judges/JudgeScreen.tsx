// One judge: its definition as a form, what it would cost, a try on a chosen trace, where it stands, and its versions.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type Definition, judge, library } from "../../api/judges";
import { Loading } from "../../kit/States";
import { useTitle } from "../../kit/useTitle";
import { Answered } from "../../parts/Frame";
import { useAsked } from "../../parts/useAsked";
import { BLANK, draftOf } from "./draft";
import { JudgeForm } from "./JudgeForm";
import type { JudgesSearch } from "./url";

const route = getRouteApi("/judges/$judge");

/** An existing judge, opened. */
export function JudgeScreen() {
  const { judge: id } = route.useParams();
  const found = useQuery(judge(id));
  useTitle(`${found.data?.name ?? "Judge"} · Judges`);
  return (
    <>
      <Back />
      <div className="answer">
        <Answered query={found} what="the judge" isEmpty={() => false} empty={null}>
          {(kept) => (
            <JudgeForm
              key={`${kept.id}:${kept.version}`}
              kept={kept}
              first={{ name: kept.name, definition: { ...BLANK, ...kept.definition } }}
            />
          )}
        </Answered>
      </div>
    </>
  );
}

/** A judge to be made. */
export function NewJudge() {
  const { search } = useAsked<JudgesSearch>();
  const rubrics = useQuery(library).data?.judges;
  useTitle("New judge · Judges");
  const from = rubrics?.find((one) => one.name === search.from);
  return (
    <>
      <Back />
      <div className="answer">
        {search.from && rubrics === undefined ? (
          <Loading what="the rubric" />
        ) : (
          <JudgeForm
            key={search.from}
            kept={null}
            first={from ? draftOf(from.name, from.definition as Partial<Definition>) : { name: "", definition: BLANK }}
          />
        )}
      </div>
    </>
  );
}

function Back() {
  const { project } = useAsked();
  return (
    <div className="subbar">
      <Link to="/judges" search={{ project }}>
        ← Judges
      </Link>
    </div>
  );
}
