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

/** What a URL asks: a list is its name said again and again. */
export type Params = Record<string, string | number | boolean | readonly string[] | undefined>;

export async function get<T>(path: string, params: Params, signal?: AbortSignal): Promise<T> {
  return answer<T>(fetch(address(path, params), signal ? { signal } : {}));
}

/** Where an answer is found, to fetch it or to download it. */
export function address(path: string, params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== "") query.append(name, String(one));
  return `/api/v1${path}?${query}`;
}

export async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return send<T>("POST", path, body, signal);
}

export async function put<T>(path: string, body: unknown): Promise<T> {
  return send<T>("PUT", path, body);
}

export async function remove(path: string): Promise<void> {
  return send<void>("DELETE", path);
}

async function send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return answer<T>(fetch(`/api/v1${path}`, { method, ...content(body), ...(signal ? { signal } : {}) }));
}

/** A file goes as it is, anything else as JSON. */
function content(body: unknown): RequestInit {
  if (body === undefined) return {};
  if (body instanceof Blob) return { body };
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

async function answer<T>(asked: Promise<Response>): Promise<T> {
  let response: Response;
  try {
    response = await asked;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("The server can't be reached.", 0, null);
  }
  if (response.status === 204) return undefined as T;
  if (response.ok) return (await response.json()) as T;
  const said = (await response.json().catch(() => null)) as { error?: string; column?: number | null } | null;
  throw new ApiError(said?.error ?? `The server answered ${response.status}.`, response.status, said?.column ?? null);
}

/** What every question of rows is asked with. */
export type Asked = { project: string; filter: string; from?: string; to?: string };
