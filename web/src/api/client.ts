/** The one way to the node: typed calls, CSRF token, signing in again, errors as Problem. */
import createClient from "openapi-fetch";
import { credentials } from "./credentials";
import type { Paths } from "./paths";
import { asProblem, Problem, type ProblemDocument } from "./problem";

export { asProblem, Problem } from "./problem";

export const BASE = new URL("api/v1", document.baseURI).href;
const OPEN = /\/session(\/code|\/csrf|\/providers)?$/;
const READING = new Set(["GET", "HEAD"]);

/** openapi-fetch on this node. `api.GET("/jobs/{job_id}", { params: { path: { job_id } } })`; better: useGet, useAct. */
export const api = createClient<Paths>({ baseUrl: BASE, fetch: send });

/** Sends a request; once more after a stale CSRF token, and again after signing in anew. Throws Problem. */
export async function send(request: Request): Promise<Response> {
  const spare = request.clone();
  const answer = await attempt(request);
  if (answer.status === 401 && credentials.signedIn && !OPEN.test(new URL(request.url).pathname)) {
    await credentials.renewed();
    return send(spare);
  }
  if (answer.status === 403 && (await codeOf(answer)) === "access.csrf_wrong") {
    await renewCsrf();
    return attempt(spare);
  }
  return answer;
}

/** The data of an answer, or its error thrown as a Problem. */
export function dataOf<D>(answer: { data?: D; error?: unknown; response: Response }): D {
  if (answer.response.ok) return answer.data as D;
  const document = typeof answer.error === "object" && answer.error !== null ? (answer.error as ProblemDocument) : {};
  throw new Problem(answer.response.status, document, pathOf(answer.response.url));
}

/** Asks for the session's CSRF token; also proves that there is a session. Another person's ends this page. */
export async function renewCsrf(): Promise<void> {
  const { user, csrf } = dataOf(await api.GET("/session/csrf"));
  if (credentials.user !== undefined && credentials.user !== user) {
    credentials.replaced();
    await new Promise<never>(() => {}); // nothing that waits here may go on in the other's name
  }
  credentials.csrf = csrf;
}

async function attempt(request: Request): Promise<Response> {
  if (!READING.has(request.method) && credentials.csrf !== undefined) {
    request.headers.set("X-CSRF-Token", credentials.csrf);
  }
  try {
    const answer = await fetch(request);
    if (answer.status !== 401 && !request.url.endsWith("/health")) credentials.usedAt = Date.now();
    const isNodes = answer.headers.get("content-type")?.includes("problem+json") === true; // a peer that is away
    credentials.heard(isNodes || ![502, 503, 504].includes(answer.status));
    return answer;
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "AbortError") throw thrown;
    credentials.heard(false);
    throw new Problem(0, { message: asProblem(thrown).message }, pathOf(request.url));
  }
}

async function codeOf(answer: Response): Promise<string | undefined> {
  try {
    return ((await answer.clone().json()) as ProblemDocument).code;
  } catch {
    return undefined;
  }
}

const pathOf = (url: string): string => (url === "" ? "" : new URL(url).pathname);
