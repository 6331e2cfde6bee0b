/** How far somebody is in the tour; travels from chair to chair as a text. */
import { recall, remember } from "../core/remembered";
import { makeStore, useStore } from "../core/store";

export const CARDS = ["meet", "intersect", "train", "report"] as const;
export type Card = (typeof CARDS)[number];
export interface Progress {
  card: number;
  open: boolean;
  /** Jobs that were started on the way. */
  intersect?: string;
  train?: string;
}

const TEXT = /^([0-3])(o|c)~(job-[a-z0-9]{1,64})?~(job-[a-z0-9]{1,64})?$/;

export function readProgress(text: string | null | undefined): Progress | undefined {
  const found = TEXT.exec(text ?? "");
  return found ? { card: Number(found[1]), open: found[2] === "o", intersect: found[3], train: found[4] } : undefined;
}

export const writeProgress = (progress: Progress): string =>
  `${progress.card}${progress.open ? "o" : "c"}~${progress.intersect ?? ""}~${progress.train ?? ""}`;

const store = makeStore<Progress>(readProgress(recall("tour")) ?? { card: 0, open: true });
export const useProgress = (): Progress => useStore(store);
export const tourText = (): string => writeProgress(store.get());

export function change(values: Partial<Progress>): void {
  store.set({ ...store.get(), ...values });
  remember("tour", tourText());
}

/** What another chair says of the tour. */
export function keepTour(text: string | null): void {
  const told = readProgress(text);
  if (told !== undefined) change(told);
}
