/** Tabs of one browser, and addresses with a code. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";

const people: Record<string, object> = {};
let heard: (user: string | undefined) => void;
let load: typeof import("./session");
let tabs: typeof import("./tabs").tabs;
let answers: Record<string, number>;

function me(name: string) {
  return { name, display_name: name, roles: [], actions: [], must_change: false };
}

function answer(request: Request): Response {
  const path = `${request.method} ${new URL(request.url).pathname.replace(/.*\/api\/v1/, "")}`;
  const status = answers[path] ?? 200;
  const body = status === 204 ? null : JSON.stringify(status === 401 ? { code: "auth.session_over" } : people[path]);
  return new Response(body, { status, headers: { "content-type": "application/json" } });
}

/** Each copy of the module listens to the address as long as the page lives: one that is left must hold nobody. */
async function leave(copy: typeof import("./session")): Promise<void> {
  answers = { "GET /session": 401 };
  await copy.start();
}

beforeEach(async () => {
  vi.stubGlobal("fetch", async (request: Request) => answer(request));
  await leave(await import("./session")); // which other tests may have used
  vi.resetModules();
  answers = { "DELETE /session": 204 };
  Object.assign(people, { "GET /session": me("alice"), "GET /session/csrf": { user: "alice", csrf: "c" } });
  ({ tabs } = await import("./tabs"));
  vi.spyOn(tabs, "hear").mockImplementation((on) => {
    heard = on;
  });
  vi.spyOn(tabs, "tell").mockImplementation(() => {});
  vi.spyOn(tabs, "renew").mockImplementation(() => {});
  load = await import("./session");
  window.location.hash = "";
});
afterEach(async () => {
  await leave(load);
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  window.location.hash = "";
});

it("begins anew when another tab finds somebody else or nobody", async () => {
  await load.start();
  expect(tabs.tell).toHaveBeenCalledWith("alice");
  heard("alice");
  expect(tabs.renew).not.toHaveBeenCalled();
  heard("bob");
  expect(tabs.renew).toHaveBeenCalledTimes(1);
  window.sessionStorage.setItem("tacit:typed:alice:x", "1");
  heard(undefined);
  expect(tabs.renew).toHaveBeenCalledTimes(2);
  expect(window.sessionStorage.length).toBe(0);
});

it("forgets and tells the others when somebody signs out", async () => {
  await load.start();
  window.localStorage.setItem("tacit:draft:alice:new", "{}");
  window.localStorage.setItem("other", "stays");
  await load.signOut("lang=en");
  expect(tabs.tell).toHaveBeenLastCalledWith(undefined);
  expect(Object.keys(window.localStorage)).toEqual(["other"]);
  expect(window.location.hash).toBe("#/sign-in?lang=en");
});

it("signs out of a session that is over without asking to sign in", async () => {
  await load.start();
  answers["DELETE /session"] = 401;
  await load.signOut("");
  expect(tabs.renew).toHaveBeenCalled();
});

it("takes a code out of the address when somebody is signed in already", async () => {
  window.location.hash = "#/sign-in?code=secret";
  await load.start();
  expect(window.location.href).not.toContain("secret");
  window.location.hash = "#/sign-in?code=secret";
  await vi.waitFor(() => expect(window.location.href).not.toContain("secret"));
});
