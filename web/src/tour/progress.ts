/** How far somebody is in the tour; travels from chair to chair as a text. */
import { pathNow } from "../core/location";
import { recall, remember } from "../core/remembered";
import { makeStore, useStore } from "../core/store";

export const CARDS = ["meet", "intersect", "train", "report"] as const;
export type Card = (typeof CARDS)[number];
export interface Progress {
  card: number;
  open: boolean;
  /** The receipt of a job was looked at. */
  read?: boolean;
  /** Closed for good, until somebody asks for it again. */
  away: boolean;
  /** Jobs that were started on the way. */
  intersect?: string;
  train?: string;
}

/** `h`: open, but not at the place from which the text was sent. */
const TEXT = /^([0-3])([ochx])~(job-[a-z0-9]{1,64})?~(job-[a-z0-9]{1,64})?(~r)?$/;

export function readProgress(text: string | null | undefined): Progress | undefined {
  const found = TEXT.exec(text ?? "");
  if (found === null) return undefined;
  const [, card, shown = "", intersect, train, read] = found;
  return {
    card: Number(card),
    open: "oh".includes(shown),
    away: shown === "x",
    intersect,
    train,
    read: read !== undefined,
  };
}

export function writeProgress(progress: Progress, isHere = true): string {
  const { card, open, away, intersect = "", train = "", read = false } = progress;
  const shown = away ? "x" : !open ? "c" : isHere ? "o" : "h";
  return `${card}${shown}~${intersect}~${train}${read ? "~r" : ""}`;
}

const store = makeStore<Progress>(readProgress(recall("tour")) ?? { card: 0, open: true, away: false });
export const useProgress = (): Progress => useStore(store);
export const tourText = (): string => writeProgress(store.get(), isShownAt(pathNow(), asked.get()));

export function change(values: Partial<Progress>): void {
  store.set({ ...store.get(), ...values });
  remember("tour", writeProgress(store.get()));
}

/** What another chair says of the tour; it stays open where it was open there. */
export function keepTour(text: string | null, place: string): void {
  const told = readProgress(text);
  if (told === undefined) return;
  change(told);
  if (text?.[1] === "o") follow(place);
}

interface Asked {
  place: string;
  /** By a person, who goes on in the card; else the card led there. */
  byHand: boolean;
}

/** Where the card stands open besides Home. */
const asked = makeStore<Asked | undefined>(undefined);
export const useAsked = (): Asked | undefined => useStore(asked);
export const isShownAt = (path: string, at: Asked | undefined): boolean => path === "/" || path === at?.place;
export const follow = (place: string): void => asked.set({ place: place.replace(/\?.*$/, ""), byHand: false });
/** Whoever left a place, and comes back, finds the card folded. */
export function arrivedAt(path: string): void {
  if (asked.get()?.place !== path) asked.set(undefined);
}
export function show(path: string): void {
  asked.set({ place: path, byHand: true });
  change({ open: true, away: false });
}
