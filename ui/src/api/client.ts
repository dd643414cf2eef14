// The one place that fetches. Everything it returns has the type that the OpenAPI document gives it.
import type { components } from "./schema";

export type Schemas = components["schemas"];
export type TraceSummary = Schemas["TraceSummary"];
export type TraceDetail = Schemas["TraceDetail"];
export type SpanDetail = Schemas["SpanDetail"];
export type Content = SpanDetail["content"];
export type Message = Schemas["Message"];
export type Part = Schemas["Part"];
export type Doc = Schemas["Document"];
export type SpanEvent = Schemas["Event"];
export type Json = unknown;

/** The server said no, or could not be reached; `column` points into the filter where that is what is wrong. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly column: number | null,
  ) {
    super(message);
  }
}

export async function get<T>(
  path: string,
  params: Record<string, string | number | undefined>,
  signal?: AbortSignal,
): Promise<T> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== undefined && value !== "") query.set(name, String(value));
  return answer<T>(fetch(`/api/v1${path}?${query}`, signal ? { signal } : {}));
}

export async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const headers = { "content-type": "application/json" };
  return answer<T>(
    fetch(`/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body), ...(signal ? { signal } : {}) }),
  );
}

async function answer<T>(asked: Promise<Response>): Promise<T> {
  let response: Response;
  try {
    response = await asked;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("The server can't be reached.", 0, null);
  }
  if (response.ok) return (await response.json()) as T;
  const said = (await response.json().catch(() => null)) as { error?: string; column?: number | null } | null;
  throw new ApiError(said?.error ?? `The server answered ${response.status}.`, response.status, said?.column ?? null);
}
