/** What stays lit while a port is chosen or a wire is drawn: the ends that it can go to. */
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Store } from "../../core/store";
import { makeStore } from "../../core/store";
import { type FlowDoc, type Specs, textOf } from "../document";
import { choices, targets } from "../fits";
import type { End } from "../store";

export interface Lit {
  from: End;
  /** "step.port" of the ends on the other side. */
  ends: ReadonlySet<string>;
}

export const LitContext = createContext<Store<Lit | undefined>>(makeStore<Lit | undefined>(undefined));

export function litFor(doc: FlowDoc, specs: Specs, from: End): Lit {
  const ends = from.side === "out" ? targets(doc, specs, from) : choices(doc, specs, from);
  return { from, ends: new Set(ends.map(textOf)) };
}

/**
 * How a box stands to what is lit, as one text so that only boxes that change are drawn again: undefined if nothing is lit,
 * else the ports that are: "out report" or "in aligned,table".
 */
export function useLitPorts(id: string): string | undefined {
  const store = useContext(LitContext);
  return useSyncExternalStore(store.subscribe, () => litPorts(store.get(), id));
}

export function litPorts(lit: Lit | undefined, id: string): string | undefined {
  if (lit === undefined) return undefined;
  if (lit.from.step === id) return `${lit.from.side} ${lit.from.port}`;
  const ports = [...lit.ends].filter((end) => end.startsWith(`${id}.`)).map((end) => end.slice(id.length + 1));
  return ports.length === 0 ? "" : `${lit.from.side === "out" ? "in" : "out"} ${ports.join()}`;
}
