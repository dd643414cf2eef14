// The Review screen's state is its URL: the judge in its path, the item that is looked at in its search.
export type ReviewSearch = { project?: string; item?: string; plan?: boolean };

export function validate(said: Record<string, unknown>): ReviewSearch {
  const text = (value: unknown) => (typeof value === "string" || typeof value === "number" ? String(value) : "");
  return {
    ...(text(said.project) && { project: text(said.project) }),
    ...(text(said.item) && { item: text(said.item) }),
    ...(said.plan === true && { plan: true }),
  };
}
