/** Who is signed in, and everything that begins or ends that. */
import { api, dataOf, Problem, renewCsrf } from "../api/client";
import { credentials } from "../api/credentials";
import { get } from "../api/hooks";
import { queries } from "../api/queries";
import type { Me as MeAnswer, NodeDescription, SignedIn } from "../api/types";
import { go, pathNow, queryNow } from "./location";
import { notify } from "./notify";
import { forgetAll } from "./remembered";
import { makeStore, useStore } from "./store";
import { tabs } from "./tabs";
import { core } from "./texts";

export interface Me {
  name: string;
  displayName: string;
  roles: string[];
  actions: ReadonlySet<string>;
  mustChange: boolean;
  /** When the session ends: unused for so long, and in any case; in ms. */
  idleMs: number | undefined;
  endsAt: number | undefined;
  can(action: string): boolean;
  /** What this node is; undefined for those who may not see it. */
  node: NodeDescription | undefined;
}

export type Session =
  | { state: "starting" }
  | { state: "unreachable"; problem: Problem }
  | { state: "out" }
  | { state: "in"; me: Me; expired: boolean };

const store = makeStore<Session>({ state: "starting" });
let resume: (() => void)[] = [];

export const sessionNow = store.get;
export const useSession = (): Session => useStore(store);

/** Who is signed in. Only inside of the signed-in part of the page. */
export function useMe(): Me {
  const session = useStore(store);
  if (session.state !== "in") throw new Error("useMe needs a session");
  return session.me;
}

/** Looks whether there is a session. */
export async function start(): Promise<void> {
  try {
    const answer = await api.GET("/session");
    if (answer.response.status === 401) {
      store.set({ state: "out" });
      return;
    }
    await enter(dataOf(answer));
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    store.set({ state: "unreachable", problem: thrown });
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  await entered(dataOf(await api.POST("/session", { body: { name, password } })));
}

export async function signInByCode(code: string): Promise<void> {
  await entered(dataOf(await api.POST("/session/code", { body: { code } })));
}

export async function changePassword(old: string | undefined, fresh: string): Promise<void> {
  const body = old === undefined ? { new: fresh } : { old, new: fresh };
  await entered(dataOf(await api.POST("/session/password", { body })));
}

/** Ends the session, in all tabs. The browser forgets what it stored, so taste travels in the address. */
export async function signOut(taste: string): Promise<void> {
  credentials.signedIn = false; // a session that is over already is no reason to sign in again
  try {
    const answer = await api.DELETE("/session");
    if (answer.response.status !== 401) dataOf(answer);
  } catch (thrown) {
    credentials.signedIn = true;
    throw thrown;
  }
  credentials.csrf = credentials.user = undefined;
  forgetAll();
  tabs.tell(undefined);
  window.location.hash = `/sign-in?${taste}`;
  tabs.renew();
}

/** Another tab found somebody else, or nobody: what is here is another person's, and the cookie is not theirs. */
tabs.hear((user) => {
  const session = store.get();
  if (session.state !== "in" || session.me.name === user) return;
  if (user === undefined) forgetAll();
  tabs.renew();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) tabs.renew(); // a page that the browser kept whole may be from before somebody signed out
});
window.addEventListener("hashchange", () => dropCode());

/** A link with a one-time code leads somebody who is signed in nowhere; the code goes out of the address all the same. */
function dropCode(): void {
  const session = store.get();
  if (session.state !== "in" || pathNow() !== "/sign-in" || !queryNow().has("code")) return;
  go("/", { replace: true });
  notify({ tone: "info", text: core.now()("sign_in.already", { name: session.me.displayName }) });
}

/** The roles and the name anew, as after somebody changed them. */
export async function refreshMe(): Promise<void> {
  const answer = dataOf(await api.GET("/session"));
  const before = store.get();
  if (before.state === "in" && before.me.name !== answer.name) tabs.renew();
  else await enter(answer);
}

/** The session turned out to be over: the page stays, a dialog asks to sign in. */
export function expire(): Promise<void> {
  const session = store.get();
  if (session.state === "in" && !session.expired) store.set({ ...session, expired: true });
  return new Promise((resolve) => {
    resume.push(resolve);
  });
}

async function entered(signed: SignedIn): Promise<void> {
  credentials.csrf = signed.csrf;
  const before = store.get();
  if (before.state === "in" && before.me.name !== signed.user) {
    tabs.renew(); // what is on the page is another person's
    return;
  }
  await enter(dataOf(await api.GET("/session")));
}

async function enter(answer: MeAnswer): Promise<void> {
  credentials.user = answer.name;
  credentials.replaced = () => tabs.renew();
  if (credentials.csrf === undefined) await renewCsrf();
  credentials.signedIn = true;
  credentials.renewed = expire;
  const actions = new Set(answer.actions);
  const can = (action: string): boolean => actions.has(action);
  const mustChange = answer.must_change;
  const node = !mustChange && can("node.read") ? await get("/node") : undefined;
  const { name, display_name: displayName, roles } = answer;
  const idleMs = typeof answer.idle_s === "number" ? answer.idle_s * 1000 : undefined;
  const endsAt = typeof answer.expires_at === "string" ? Date.parse(answer.expires_at) : undefined;
  const wasExpired = sessionNow().state === "in";
  store.set({
    state: "in",
    expired: false,
    me: { name, displayName, roles, actions, mustChange, idleMs, endsAt, can, node },
  });
  for (const resolve of resume) resolve();
  resume = [];
  tabs.tell(name);
  dropCode();
  if (wasExpired) void queries.invalidateQueries();
}
