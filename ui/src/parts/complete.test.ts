import { describe, expect, it } from "vitest";
import { placeOf, suggestions } from "./complete";

const known = {
  facts: [
    { name: "kind", type: "string", unit: null, group: "what", meaning: "what it is", values: null },
    { name: "model", type: "string", unit: null, group: "model", meaning: "who answered", values: null },
  ],
  attributes: ["tier"],
  values: ["llm", "gpt-4o"],
};
const at = (text: string) => placeOf(text, text.length);

describe("completion", () => {
  it.each([
    ["", "fact"],
    ["ki", "fact"],
    ["kind ", "operator"],
    ["kind = ", "value"],
    ["kind = l", "value"],
    ["kind = llm ", "operator"],
    ["kind = llm and ", "fact"],
    ["not (mo", "fact"],
    ["kind in (", "value"],
    ["attributes['tier'] = ", "value"],
  ])("after %j comes a %s", (text, want) => {
    expect(at(text).want).toBe(want);
  });
  it("knows whose values are wanted", () => {
    expect(at("kind = llm and model = 'gp").fact).toBe("model");
    expect(at("attributes['tier'] = ").fact).toBe("attributes['tier']");
  });
  it("quotes what is not a bare word", () => {
    expect(suggestions(at("model = "), known).map((s) => s.text)).toEqual(["llm", "'gpt-4o'"]);
  });
  it("says a quote inside twice, as the language does", () => {
    const said = suggestions(at("model = "), { ...known, values: ["o'brien", "null"] });
    expect(said.map((s) => s.text)).toEqual(["'o''brien'", "'null'"]);
  });
  it("offers facts and attributes", () => {
    expect(suggestions(at("ti"), known).map((s) => s.text)).toEqual(["attributes['tier']"]);
  });
});
