import { expect, it } from "vitest";
import { BLANK, draftOf, modelsOf, objectionOf, withLevels, withModels, withType, words } from "./draft";

it("fills in what a rubric of the library leaves open", () => {
  const draft = draftOf("tone", { rubric: "Be kind.", output: { ...BLANK.output, levels: ["rude", "kind"], passing: ["kind"] } });
  expect(draft.definition).toMatchObject({ rubric: "Be kind.", target: "span", output: { type: "binary", passing: ["kind"] } });
  expect(modelsOf(draft.definition)).toHaveLength(1);
});

it("reads words between commas", () => expect(words(" poor, fair ,,good ")).toEqual(["poor", "fair", "good"]));

it("lets only levels pass that there are", () => {
  const five = withType(BLANK, "ordinal");
  expect(withLevels(five, ["1", "2", "3", "4"]).output.passing).toEqual(["4"]);
  expect(withLevels(BLANK, ["bad", "good"]).output.passing).toEqual(["good"]);
});

it("takes one model as the model and several as a jury", () => {
  const [one] = modelsOf(BLANK);
  if (!one) throw new Error("a blank judge has a model");
  const jury = withModels(BLANK, [one, { ...one, model: "other" }]);
  expect([jury.model, jury.jury.length]).toEqual([null, 2]);
  expect(withModels(jury, [one])).toMatchObject({ model: one, jury: [] });
});

it("finds the field that the server objects to", () => {
  expect(objectionOf(new Error("definition.output: Value error, two levels have the same name"))).toEqual({
    field: "output",
    message: "two levels have the same name",
  });
  expect(objectionOf(new Error("There is a judge 'tone' already."))).toEqual({
    field: null,
    message: "There is a judge 'tone' already.",
  });
});
