/** Who is signed in, and everything that begins or ends that. */
import { api, dataOf, Problem, renewCsrf } from "../api/client";
import { credentials } from "../api/credentials";
import { get } from "../api/hooks";
import { queries } from "../api/queries";
import type { Me as MeAnswer, NodeDescription, SignedIn } from "../api/types";
import { makeStore, useStore } from "./store";

export interface Me {
  name: string;
  displayName: string;
  roles: string[];
  actions: ReadonlySet<string>;
  mustChange: boolean;
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

/** Ends the session. The node has the browser forget what it stored, so taste travels in the address. */
export async function signOut(taste: string): Promise<void> {
  dataOf(await api.DELETE("/session"));
  credentials.signedIn = false;
  credentials.csrf = undefined;
  window.location.hash = `/sign-in?${taste}`;
  window.location.reload();
}

/** The roles and the name anew, as after somebody changed them. */
export async function refreshMe(): Promise<void> {
  await enter(dataOf(await api.GET("/session")));
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
    window.location.reload(); // what is on the page is another person's
    return;
  }
  await enter(dataOf(await api.GET("/session")));
}

async function enter(answer: MeAnswer): Promise<void> {
  if (credentials.csrf === undefined) await renewCsrf();
  credentials.signedIn = true;
  credentials.renewed = expire;
  const actions = new Set(answer.actions);
  const can = (action: string): boolean => actions.has(action);
  const mustChange = answer.must_change;
  const node = !mustChange && can("node.read") ? await get("/node") : undefined;
  const { name, display_name: displayName, roles } = answer;
  const wasExpired = sessionNow().state === "in";
  store.set({ state: "in", expired: false, me: { name, displayName, roles, actions, mustChange, can, node } });
  for (const go of resume) go();
  resume = [];
  if (wasExpired) void queries.invalidateQueries();
}
