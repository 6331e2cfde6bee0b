/** The keyboard of the canvas: every act has a key. */
import type { KeyboardEvent } from "react";
import { openPreview } from "../sides";
import type { FlowStore } from "../store";
import type { Actions, Way } from "./actions";

const WAYS: Record<string, Way> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

type Act = (actions: Actions, store: FlowStore) => void;

const only = (store: FlowStore): string | undefined =>
  store.get().selection.length > 0 ? store.get().selection.at(-1) : undefined;
const withStep =
  (act: (step: string, actions: Actions) => void): Act =>
  (actions, store) => {
    const step = only(store);
    if (step !== undefined) act(step, actions);
  };

/** By key; with "Mod+" for Ctrl or Command. */
export const KEYS: Record<string, Act> = {
  Enter: withStep((_, actions) => actions.open("parameters")),
  F2: (_, store) => only(store) !== undefined && store.put({ drawer: "parameters", focus: "id" }),
  s: withStep((_, actions) => actions.open("seats")),
  i: withStep((_, actions) => actions.open("reveals")),
  c: withStep((step, actions) => actions.ask({ kind: "connect", step })),
  w: (actions) => actions.nextWire(),
  a: (actions, store) => actions.ask({ kind: "add", from: store.get().port }),
  Delete: (actions) => actions.remove(),
  Backspace: (actions) => actions.remove(),
  Escape: (actions) => actions.clear(),
  "/": (actions) => actions.ask({ kind: "search" }),
  "Mod+f": (actions) => actions.ask({ kind: "search" }),
  "Mod+a": (actions) => actions.selectAll(),
  "Mod+d": (actions) => actions.duplicate(),
  "Mod+z": (actions) => actions.undo(),
  "Mod+Shift+z": (actions) => actions.redo(),
  "Mod+y": (actions) => actions.redo(),
  "Mod+s": (_, store) => void store.save(),
  f: (actions) => actions.fit(),
  "+": (actions) => actions.zoomIn(),
  "=": (actions) => actions.zoomIn(),
  "-": (actions) => actions.zoomOut(),
  t: (actions) => actions.tidy(),
  l: (_, store) => store.put({ view: "list" }),
  y: (_, store) => store.put({ view: "code" }),
  p: (_, store) => store.put({ bottom: store.get().bottom === "problems" ? undefined : "problems" }),
  r: () => openPreview(),
  "?": (actions) => actions.ask({ kind: "keys" }),
};

/** Whether the key meant something. */
export function onKey(event: KeyboardEvent, actions: Actions, store: FlowStore): boolean {
  const mod = event.ctrlKey || event.metaKey;
  const way = WAYS[event.key];
  if (way !== undefined) {
    if (event.shiftKey) actions.nudge(way);
    else actions.go(way, mod);
    return true;
  }
  if (event.altKey) return false;
  const letter = event.key.length === 1 && mod ? event.key.toLowerCase() : event.key;
  const act = KEYS[`${mod ? "Mod+" : ""}${mod && event.shiftKey ? "Shift+" : ""}${letter}`];
  act?.(actions, store);
  return act !== undefined;
}
