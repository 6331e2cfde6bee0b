/** What a person does in the editor, whether by mouse, by keyboard or from a menu. */
import type { Operator } from "../../api/types";
import { notify } from "../../core/notify";
import type { Store } from "../../core/store";
import { describeStep } from "../canvas/describe";
import { wireData, wireOf } from "../canvas/model";
import { sentenceOf } from "../canvas/Wire";
import type { Words } from "../canvas/words";
import { copied, duplicate, freshIds, paste, stepsIn } from "../clipboard";
import { addStep, connect, disconnect, freeId, moveSteps, nudge, type Places, removeSteps } from "../commands";
import { type FlowDoc, type Point, type PortRef, stepOf, wireId, wires } from "../document";
import { fits, joining, preceding, type Seats } from "../fits";
import { BOX_WIDTH } from "../geometry";
import { type Axis, align, boxesOf, distribute, freePlace, GAP, laidOut, neighbour, type Side, tidy } from "../layout";
import type { Command, DrawerTab, End, FlowStore } from "../store";
import type { Instance, Question } from "./context";

export interface Ground {
  store: FlowStore;
  question: Store<Question | undefined>;
  wires: Store<ReadonlySet<string>>;
  said: Store<string>;
  words(): Words;
  canvas(): Instance | undefined;
  me: string | undefined;
}

export type Way = "left" | "right" | "up" | "down";
export type Actions = ReturnType<typeof makeActions>;
const NONE: ReadonlySet<string> = new Set();
const STEP = 16;
const WAYS: Record<Way, Point> = {
  left: { x: -STEP, y: 0 },
  right: { x: STEP, y: 0 },
  up: { x: 0, y: -STEP },
  down: { x: 0, y: STEP },
};

export function makeActions(ground: Ground) {
  const { store, question, wires: chosen, said } = ground;
  const now = () => store.get();
  const t = (...args: Parameters<Words["t"]>): string => ground.words().t(...args);
  const say = (text: string): void => said.set(text);

  /** Runs a command with the places of all boxes written down, so that none jumps because of it. */
  const run = (command: Command, label: string, key?: string): void => {
    const places = laidOut(now().doc, now().specs);
    store.run((doc) => settledFor(doc, command(doc), places), label, key);
  };

  const select = (ids: readonly string[], from?: Way): void => {
    store.select(ids);
    chosen.set(NONE);
    const [id] = ids;
    const step = id === undefined ? undefined : stepOf(now().doc, from === undefined ? id : (ids.at(-1) ?? id));
    if (step === undefined) {
      say(t("said.none"));
      return;
    }
    const problems = now().problems.filter((problem) => problem.step === step.id).length;
    say(
      ids.length > 1
        ? t("said.many", { count: ids.length })
        : describeStep(step, now().specs, ground.words(), problems),
    );
  };

  const show = (id: string): void => {
    const box = boxesOf(now().doc, now().specs, [id])[0];
    const canvas = ground.canvas();
    if (box === undefined || canvas === undefined) return;
    const { zoom } = canvas.getViewport();
    void canvas.setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom: Math.max(zoom, 0.75), duration: 200 });
  };

  /** Moves the view only if the box is out of it. */
  const reveal = (id: string): void => {
    const box = boxesOf(now().doc, now().specs, [id])[0];
    const canvas = ground.canvas();
    const frame = document.querySelector(".react-flow")?.getBoundingClientRect();
    if (box === undefined || canvas === undefined || frame === undefined) return;
    const at = canvas.flowToScreenPosition({ x: box.x, y: box.y });
    const end = canvas.flowToScreenPosition({ x: box.x + box.width, y: box.y + box.height });
    if (at.x < frame.left || at.y < frame.top || end.x > frame.right || end.y > frame.bottom) show(id);
  };

  const join = (from: PortRef, to: PortRef, seats: Seats): void => {
    run(connect(from, to, seats), t("undo.connect"));
    say(t("said.connected", { from: `${from.step}.${from.port}`, to: `${to.step}.${to.port}` }));
  };

  const only = (): string | undefined => (now().selection.length === 1 ? now().selection[0] : undefined);

  return {
    select,
    reveal,
    show,
    /** Adds an operator: at a place, before or after a port, or after the chosen step. */
    add(spec: Operator, options: { place?: Point; end?: End } = {}): void {
      const { doc } = now();
      const id = freeId(doc, spec.name);
      const command =
        options.end?.side === "in" ? before(id, spec, options.end, options.place) : after(id, spec, options);
      run(command, t("undo.add", { step: id }));
      store.choosePort(undefined);
      store.select([id]);
      reveal(id);
      const step = stepOf(now().doc, id);
      if (step !== undefined) say(t("said.added", { step: describeStep(step, now().specs, ground.words()) }));
    },
    connect(from: PortRef, to: PortRef): void {
      const { doc, specs } = now();
      const fit = fits(doc, specs, from, to);
      if (fit.ok) join(from, to, fit.seats);
      else if (fit.offer !== undefined) question.set({ kind: "offer", from, to, seats: fit.offer });
      else notify({ tone: "info", text: t(`misfit.${fit.why}`) });
    },
    join,
    disconnect(to: PortRef): void {
      run(disconnect(to), t("undo.disconnect"));
      chosen.set(NONE);
    },
    /** Removes what is chosen: wires first, else boxes. */
    remove(): void {
      const cut = [...chosen.get()].flatMap((id) => wireOf(now().doc, id) ?? []);
      const { selection } = now();
      if (cut.length > 0) {
        run((doc) => cut.reduce((next, wire) => disconnect(wire.to)(next), doc), t("undo.disconnect"));
        chosen.set(NONE);
        say(t("said.cut", { count: cut.length }));
        return;
      }
      if (selection.length === 0) return;
      const next = neighbour(now().doc, now().specs, selection[0] ?? "", "left");
      run(removeSteps(selection), t("undo.remove", { count: selection.length }));
      store.select(next !== undefined && stepOf(now().doc, next) !== undefined ? [next] : []);
      say(t("said.removed", { count: selection.length }));
    },
    copied: (): string | undefined =>
      now().selection.length === 0 ? undefined : copied(settledDoc(now()), now().selection),
    async copy(): Promise<void> {
      if (now().selection.length === 0) return;
      await navigator.clipboard.writeText(copied(settledDoc(now()), now().selection));
      notify({ tone: "ok", text: t("copied", { count: now().selection.length }) });
    },
    /** Whether the text held steps. */
    paste(text: string): boolean {
      const steps = stepsIn(text);
      if (steps === undefined) return false;
      const ids = freshIds(now().doc, steps);
      run(paste(steps, ids, now().specs, { x: 32, y: 32 }), t("undo.paste", { count: steps.length }));
      select([...ids.values()]);
      return true;
    },
    duplicate(): void {
      if (now().selection.length === 0) return;
      const made = duplicate(settledDoc(now()), now().selection, now().specs);
      run(made.command, t("undo.paste", { count: made.ids.length }));
      select(made.ids);
    },
    selectAll: () => select(now().doc.steps.map((step) => step.id)),
    clear(): void {
      store.select([]);
      store.choosePort(undefined);
      chosen.set(NONE);
    },
    moved: (places: Places): void => run(moveSteps(places), t("undo.move")),
    nudge(way: Way): void {
      const { doc, specs, selection } = now();
      run(nudge(selection, WAYS[way], laidOut(doc, specs)), t("undo.move"), "nudge");
    },
    /** To the neighbour; `extend`: the former stay chosen. */
    go(way: Way, extend = false): void {
      const { doc, specs, selection } = now();
      const at = selection.at(-1);
      const next = at === undefined ? doc.steps[0]?.id : neighbour(doc, specs, at, way);
      if (next === undefined) return;
      select(extend ? [...selection.filter((id) => id !== next), next] : [next], way);
      reveal(next);
    },
    tidy(): void {
      const { doc, specs, selection } = now();
      store.run(tidy(doc, specs, selection), t("undo.tidy"));
      say(t("said.tidied"));
      requestAnimationFrame(() => void ground.canvas()?.fitView({ padding: 0.12, maxZoom: 1, duration: 200 }));
    },
    align: (side: Side): void => run(align(settledDoc(now()), now().specs, now().selection, side), t("undo.align")),
    distribute: (axis: Axis): void =>
      run(distribute(settledDoc(now()), now().specs, now().selection, axis), t("undo.align")),
    open(tab: DrawerTab = "parameters", id?: string): void {
      if (id !== undefined && !now().selection.includes(id)) select([id]);
      store.put({ drawer: tab });
      const at = id ?? now().selection.at(-1);
      if (at !== undefined) window.setTimeout(() => reveal(at), 80); // the drawer makes the canvas narrower
    },
    ask: (next: Question): void => question.set(next),
    /** The next wire of the chosen step, so that it can be removed. */
    nextWire(): void {
      const { doc, selection } = now();
      const mine = wires(doc).filter(({ from, to }) => selection.includes(from.step) || selection.includes(to.step));
      const [before] = chosen.get();
      const at = mine.findIndex((wire) => wireId(wire.to) === before);
      const wire = mine[(at + 1) % Math.max(1, mine.length)];
      if (wire === undefined) {
        say(t("said.no_wires"));
        return;
      }
      chosen.set(new Set([wireId(wire.to)]));
      const look = wireData({ doc, specs: now().specs, hues: new Map(), readOnly: false }, doc, wire);
      say(
        `${wire.from.step}.${wire.from.port} → ${wire.to.step}.${wire.to.port}: ${sentenceOf(look, ground.words().t)}`,
      );
    },
    fit: (): void => void ground.canvas()?.fitView({ padding: 0.12, maxZoom: 1, duration: 200 }),
    zoomIn: (): void => void ground.canvas()?.zoomIn({ duration: 120 }),
    zoomOut: (): void => void ground.canvas()?.zoomOut({ duration: 120 }),
    undo(): void {
      const label = now().undoes;
      store.undo();
      if (label !== undefined) say(t("said.undone", { what: label }));
    },
    redo(): void {
      const label = now().redoes;
      store.redo();
      if (label !== undefined) say(t("said.redone", { what: label }));
    },
  };

  function after(id: string, spec: Operator, { place, end }: { place?: Point; end?: End }): Command {
    const { doc, specs } = now();
    const chosenStep = only();
    const from = end ?? (place === undefined && chosenStep !== undefined ? { step: chosenStep, port: "" } : undefined);
    const at = place ?? freePlace(doc, specs, from?.step);
    return addStep({ id, spec, place: at, ...joining(doc, specs, spec, from, ground.me) });
  }

  function before(id: string, spec: Operator, to: PortRef, place: Point | undefined): Command {
    const { doc, specs } = now();
    const { at, output } = preceding(doc, specs, spec, to, ground.me);
    const target = laidOut(doc, specs).get(to.step) ?? { x: 0, y: 0 };
    const made = addStep({ id, spec, at, place: place ?? { x: target.x - BOX_WIDTH - GAP.ranks, y: target.y } });
    return (given) => (output === undefined ? made(given) : connect({ step: id, port: output }, to)(made(given)));
  }
}

const settledDoc = ({ doc, specs }: { doc: FlowDoc; specs: Parameters<typeof laidOut>[1] }): FlowDoc =>
  moveSteps(laidOut(doc, specs))(doc);

/** Boxes that had no place keep the one that they were shown at. */
function settledFor(before: FlowDoc, after: FlowDoc, places: ReadonlyMap<string, Point>): FlowDoc {
  if (after === before) return before;
  const missing = after.steps.filter((step) => step.layout === undefined && places.has(step.id));
  return missing.length === 0
    ? after
    : moveSteps(new Map(missing.map((step) => [step.id, places.get(step.id) ?? { x: 0, y: 0 }])))(after);
}
