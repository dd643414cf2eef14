// What may come next in a filter, read off the words before the cursor.
import type { Schemas } from "../api/client";

export type Suggestion = { text: string; hint: string };
export type Place = { want: "fact" | "operator" | "value"; fact: string | null; typed: string; start: number };

const OPERATORS: Suggestion[] = [
  { text: "=", hint: "equals" },
  { text: "!=", hint: "differs" },
  { text: ">", hint: "greater" },
  { text: ">=", hint: "at least" },
  { text: "<", hint: "less" },
  { text: "<=", hint: "at most" },
  { text: "in (", hint: "one of" },
  { text: "like ", hint: "% and _ stand for anything" },
  { text: "has ", hint: "contains" },
  { text: "is null", hint: "is not known" },
  { text: "is not null", hint: "is known" },
];
const WORD = /(?:(?:attributes|resource|scores)\['[^']*'?\]?|(?<=^|[\s(,=<>])(?:'[^']*'?|"[^"]*"?)|[\w.]+|[<>=!]+)$/;

export function placeOf(text: string, cursor: number): Place {
  const before = text.slice(0, cursor);
  const typed = WORD.exec(before)?.[0] ?? "";
  const start = cursor - typed.length;
  const head = before.slice(0, start).trimEnd();
  const operator = /(<=|>=|!=|=|<|>|\b(?:like|ilike|has)|\bin\s*\((?:[^()]*,)?)$/i.exec(head);
  if (operator) {
    const subject = /((?:attributes|resource|scores)\['[^']*'\]|[\w.]+)\s*(?:not\s*)?$/i.exec(
      head.slice(0, operator.index).trimEnd(),
    );
    return { want: "value", fact: subject?.[1] ?? null, typed, start };
  }
  if (/(?:^|\(|\band|\bor|\bnot)$/i.test(head)) return { want: "fact", fact: null, typed, start };
  const subject = /((?:attributes|resource|scores)\['[^']*'\]|[\w.]+)$/.exec(head);
  return { want: "operator", fact: subject?.[1] ?? null, typed, start };
}

export function suggestions(
  place: Place,
  known: { facts: readonly Schemas["FactInfo"][]; attributes: readonly string[]; values: readonly string[] },
): Suggestion[] {
  const typed = place.typed.toLowerCase();
  if (place.want === "operator") return OPERATORS.filter((o) => o.text.startsWith(typed)).concat(typed ? [] : AND_OR);
  if (place.want === "value") {
    const bare = typed.replace(/^['"]/, "");
    return known.values
      .filter((value) => value.toLowerCase().startsWith(bare))
      .slice(0, 12)
      .map((value) => ({ text: quoted(value), hint: "" }));
  }
  const facts = known.facts.map((fact) => ({ text: fact.name, hint: fact.meaning }));
  const attributes = known.attributes.map((key) => ({ text: `attributes[${inQuotes(key)}]`, hint: "attribute" }));
  return [...facts, ...attributes]
    .filter((s) => s.text.toLowerCase().includes(typed))
    .sort(startsFirst(typed))
    .slice(0, 14);
}

const AND_OR: Suggestion[] = [
  { text: "and ", hint: "both" },
  { text: "or ", hint: "either" },
];
const startsFirst = (typed: string) => (a: Suggestion, b: Suggestion) =>
  Number(b.text.toLowerCase().startsWith(typed)) - Number(a.text.toLowerCase().startsWith(typed));
/** Text in the filter language: a quote inside is said twice. */
export const inQuotes = (value: string) => `'${value.replaceAll("'", "''")}'`;
const quoted = (value: string) => (/^[a-z][a-z_]*$/.test(value) && !WORDS.has(value) ? value : inQuotes(value));
const WORDS = new Set(["and", "or", "not", "in", "like", "ilike", "has", "is", "null", "true", "false"]);
