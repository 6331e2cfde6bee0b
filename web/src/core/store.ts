/** A value that components follow. */
import { useSyncExternalStore } from "react";

export interface Store<X> {
  get(): X;
  set(value: X): void;
  subscribe(listener: () => void): () => void;
}

export function makeStore<X>(initial: X): Store<X> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const useStore = <X>(store: Store<X>): X => useSyncExternalStore(store.subscribe, store.get);
