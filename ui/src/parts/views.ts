// The sides of a span that the reading pane can show; the URL says which.
export const VIEWS = ["content", "facts", "events", "attributes"] as const;
export type View = (typeof VIEWS)[number];
