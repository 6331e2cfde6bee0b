import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BASE, Problem, send } from "./client";
import { credentials } from "./credentials";
import { act, get } from "./hooks";

const answers: (Response | Error)[] = [];
const asked: Request[] = [];
const json = (status: number, body: object): Response => new Response(JSON.stringify(body), { status });

beforeEach(() => {
  answers.length = asked.length = 0;
  credentials.csrf = "token-1";
  credentials.user = "lin";
  credentials.signedIn = true;
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(request);
    const answer = answers.shift();
    if (answer === undefined || answer instanceof Error) throw answer ?? new TypeError("no answer");
    return answer;
  });
});
afterEach(() => vi.unstubAllGlobals());

test("an answer is typed data, an error a Problem", async () => {
  answers.push(json(200, { status: "ok" }), json(404, { code: "job.unknown", message: "No such job.", hint: "Look." }));
  expect((await get("/health")).status).toBe("ok");
  const fault = await get("/jobs/{job_id}", { path: { job_id: "a/b" } }).catch((thrown: unknown) => thrown);
  expect(fault).toBeInstanceOf(Problem);
  expect(fault).toMatchObject({ code: "job.unknown", status: 404, hint: "Look.", isUnreachable: false });
  expect(asked[1]?.url).toBe(`${BASE}/jobs/a%2Fb`);
});

test("what changes something bears token and intention", async () => {
  answers.push(json(200, {}), json(200, {}));
  await act("post", "/audit/verify", {}, "intention-1");
  await get("/health");
  expect(asked[0]?.headers.get("X-CSRF-Token")).toBe("token-1");
  expect(asked[0]?.headers.get("Idempotency-Key")).toBe("intention-1");
  expect(asked[1]?.headers.has("X-CSRF-Token")).toBe(false);
});

test("a stale token is renewed once", async () => {
  const wrong = { code: "access.csrf_wrong", message: "Wrong." };
  answers.push(json(403, wrong), json(200, { user: "lin", csrf: "token-2" }), json(200, { ok: true }));
  await act("post", "/audit/verify", {});
  expect(asked.map((request) => request.headers.get("X-CSRF-Token"))).toEqual(["token-1", null, "token-2"]);
  answers.push(json(403, wrong), json(200, { user: "lin", csrf: "token-3" }), json(403, wrong));
  await expect(act("post", "/audit/verify", {})).rejects.toMatchObject({ code: "access.csrf_wrong" });
});

test("a token of another person is not taken: the page is left, and nothing is sent in that person's name", async () => {
  const replaced = vi.fn();
  credentials.replaced = replaced;
  answers.push(
    json(403, { code: "access.csrf_wrong", message: "Wrong." }),
    json(200, { user: "bob", csrf: "token-2" }),
  );
  void act("post", "/audit/verify", {});
  await vi.waitFor(() => expect(replaced).toHaveBeenCalledTimes(1));
  expect([asked.length, credentials.csrf]).toEqual([2, "token-1"]);
});

test("a request waits for signing in again, and goes on with its body", async () => {
  answers.push(json(401, { code: "auth.session_over" }), json(201, { id: "j" }));
  credentials.renewed = async () => {
    credentials.csrf = "token-9";
  };
  const body = JSON.stringify({ note: "typed" });
  const told = await send(new Request(`${BASE}/rules`, { method: "POST", body }));
  expect(told.status).toBe(201);
  expect(await asked[1]?.text()).toBe(body);
  expect(asked[1]?.headers.get("X-CSRF-Token")).toBe("token-9");
});

test("a wrong password is no ended session", async () => {
  answers.push(json(401, { code: "auth.wrong" }));
  const renewed = vi.fn();
  credentials.renewed = renewed;
  await send(new Request(`${BASE}/session`, { method: "POST", body: "{}" }));
  expect(renewed).not.toHaveBeenCalled();
});

test("no answer is a Problem that says so, and is told on", async () => {
  const heard = vi.fn();
  credentials.heard = heard;
  await expect(get("/health")).rejects.toMatchObject({ code: "console.unreachable", status: 0, isUnreachable: true });
  answers.push(json(503, {}), json(200, {}));
  await expect(get("/health")).rejects.toMatchObject({ code: "console.no_problem", isUnreachable: true });
  await get("/health");
  expect(heard.mock.calls).toEqual([[false], [false], [true]]);
});

test("a partner that is away is no node that is away", async () => {
  const heard = vi.fn();
  credentials.heard = heard;
  const headers = { "Content-Type": "application/problem+json" };
  answers.push(new Response(JSON.stringify({ code: "peer.unreachable", message: "Away." }), { status: 502, headers }));
  await expect(get("/health")).rejects.toMatchObject({ code: "peer.unreachable", isUnreachable: false });
  expect(heard.mock.calls).toEqual([[true]]);
});
