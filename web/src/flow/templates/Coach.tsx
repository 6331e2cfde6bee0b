/** A short tour of a flow that was just begun: five marks, each beside the thing it is about. */
import { Button, CloseButton, FocusTrap, Portal } from "@mantine/core";
import { type RefObject, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { recall, remember } from "../../core/remembered";
import { useStore } from "../../core/store";
import { useW } from "../../core/texts";
import { specOf } from "../document";
import { sides } from "../sides/texts";
import { useFlow, useFlowStore } from "../store";
import { begin, chosen, tour } from "./begun";
import styles from "./Coach.module.css";
import type { TemplateId } from "./templates";

const MARKS = ["canvas", "drawer", "learns", "text", "run"] as const;
type Mark = (typeof MARKS)[number];

/** Begins the tour, from the first mark on. */
export const startTour = (template: string): void => tour.set({ template, mark: 0 });

/** Mounted once in the editor: shows the tour of a template the first time that it is used. */
export function Coach() {
  const store = useFlowStore();
  const now = useStore(tour);
  const fresh = useStore(chosen);
  useEffect(() => {
    if (fresh === undefined) return;
    const template = begin(store);
    if (template === undefined || template === "blank" || recall(`toured:${template}`) !== undefined) return;
    // once the dialog is gone and the canvas stands, unless the person is on to something else by then
    window.setTimeout(() => isAsked() || startTour(template), 700);
  }, [store, fresh]);
  useEffect(() => () => tour.set(undefined), []);
  const mark = now === undefined ? undefined : MARKS[now.mark];
  if (now === undefined || mark === undefined) return null;
  return <Card key={mark} template={now.template as TemplateId} mark={mark} place={now.mark} />;
}

const end = (): void => tour.set(undefined);

/** A dialog of the page, which is not the tour's own card. */
const isAsked = (): boolean => document.querySelector('[role="dialog"][aria-modal="true"]') !== null;

/** Whoever does something else needs no guide any more: a click besides what the mark is about, or any dialog. */
function useEnding(mark: Mark, card: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const clicked = ({ target }: Event): void => {
      const about = mark === "run" ? null : document.querySelector(`[data-coach="${mark}"]`);
      if (target instanceof Node && ![card.current, about].some((part) => part?.contains(target))) end();
    };
    const seen = new MutationObserver(() => isAsked() && end());
    document.addEventListener("pointerdown", clicked, true);
    seen.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener("pointerdown", clicked, true);
      seen.disconnect();
    };
  }, [mark, card]);
}

/** What the box is called that the flow is about: the one whose words everybody approves. */
function useMainTitle(): string {
  const w = useW();
  const { doc, specs } = useFlow((state) => state);
  const step = doc.steps.find(({ operator }) => operator.startsWith("psi")) ?? doc.steps.at(-1);
  return (step && w(specOf(specs, step)?.title)) || step?.operator || "";
}

function Card({ template, mark, place }: { template: TemplateId; mark: Mark; place: number }) {
  const t = sides.useT();
  const id = useId();
  const box = useTarget(mark);
  const go = (by: number): void => tour.set({ template, mark: place + by });
  const card = useRef<HTMLDivElement>(null);
  useEnding(mark, card);
  useEffect(() => remember(`toured:${template}`, "1"), [template]);
  const main = useMainTitle();
  const last = place === MARKS.length - 1;
  const text = mark === "canvas" && template !== "blank" ? t(`coach.canvas.${template}`, { main }) : t(`coach.${mark}`);
  return (
    <Portal>
      {box !== undefined && (
        <div
          className={styles.ring}
          style={{ left: box.left - 4, top: box.top - 4, width: box.width + 8, height: box.height + 8 }}
          aria-hidden
        />
      )}
      <FocusTrap active>
        <div
          ref={card}
          className={styles.card}
          style={placed(box)}
          role="dialog"
          aria-labelledby={`${id}-title`}
          aria-describedby={`${id}-text`}
          onKeyDown={(event) => {
            if (event.key === "Escape") end();
          }}
        >
          <div className={styles.head}>
            <h2 id={`${id}-title`}>{t(`coach.${mark}.title`)}</h2>
            <CloseButton aria-label={t("coach.end")} onClick={end} />
          </div>
          <p id={`${id}-text`}>{text}</p>
          <div className={styles.foot}>
            <span>{t("coach.place", { place: place + 1, count: String(MARKS.length) })}</span>
            {place > 0 && (
              <Button size="compact-sm" variant="default" onClick={() => go(-1)}>
                {t("coach.back")}
              </Button>
            )}
            <Button size="compact-sm" data-autofocus onClick={() => (last ? end() : go(1))}>
              {last ? t("coach.done") : t("coach.next")}
            </Button>
          </div>
        </div>
      </FocusTrap>
    </Portal>
  );
}

/** Where the thing stands that a mark is about; opens it where it is closed. */
function useTarget(mark: Mark): DOMRect | undefined {
  const store = useFlowStore();
  const [box, setBox] = useState<DOMRect>();
  useLayoutEffect(() => {
    const { selection, doc } = store.get();
    if (mark === "drawer") {
      const last = doc.steps.at(-1)?.id;
      if (selection.length === 0 && last !== undefined) store.select([last]);
      store.put({ drawer: "parameters" });
    }
    if (mark === "learns") store.put({ bottom: "learns" });
    const look = (): void => setBox(document.querySelector(`[data-coach="${mark}"]`)?.getBoundingClientRect());
    const timer = window.setTimeout(look, 80);
    window.addEventListener("resize", look);
    return () => {
      window.clearTimeout(timer);
      window.removeEventListener("resize", look);
    };
  }, [mark, store]);
  return box;
}

const [WIDE, HIGH, GAP] = [340, 210, 14];

/** Beside the box where there is room: below, above, left, right; else in the middle. */
export function placed(box: DOMRect | undefined): { left: number; top: number } {
  const [width, height] = [window.innerWidth, window.innerHeight];
  const within = (value: number, size: number, all: number): number => Math.max(GAP, Math.min(value, all - size - GAP));
  if (box === undefined) return { left: (width - WIDE) / 2, top: (height - HIGH) / 2 };
  const left = within(box.left + box.width / 2 - WIDE / 2, WIDE, width);
  if (box.bottom + GAP + HIGH < height) return { left, top: box.bottom + GAP };
  if (box.top - GAP - HIGH > 0) return { left, top: box.top - GAP - HIGH };
  const top = within(box.top + box.height / 2 - HIGH / 2, HIGH, height);
  if (box.left - GAP - WIDE > 0) return { left: box.left - GAP - WIDE, top };
  if (box.right + GAP + WIDE < width) return { left: box.right + GAP, top };
  return { left: (width - WIDE) / 2, top: within(box.top + GAP, HIGH, height) };
}
