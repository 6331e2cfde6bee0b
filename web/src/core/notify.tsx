/** Short messages at the edge of the page, read out to screen readers. */
import { IconX } from "./icons";
import styles from "./notify.module.css";
import { makeStore, useStore } from "./store";
import { core } from "./texts";

export interface Note {
  tone: "ok" | "info" | "bad";
  text: string;
  undo?: () => void;
}
type Shown = Note & { id: number };

const STAY_MS = 6_000;
const shown = makeStore<Shown[]>([]);
let last = 0;

export function notify(note: Note): void {
  last += 1;
  const id = last;
  shown.set([...shown.get().slice(-3), { ...note, id }]);
  if (note.tone !== "bad") window.setTimeout(() => drop(id), note.undo === undefined ? STAY_MS : STAY_MS * 2);
}

const drop = (id: number): void => shown.set(shown.get().filter((note) => note.id !== id));

/** Where the messages appear; once per page. */
export function Notes() {
  const notes = useStore(shown);
  const t = core.useT();
  return (
    <section className={styles.notes} aria-label={t("notes")} aria-live="polite">
      {notes.map((note) => (
        <div
          key={note.id}
          className={styles.note}
          data-tone={note.tone}
          role={note.tone === "bad" ? "alert" : undefined}
        >
          <span>{note.text}</span>
          {note.undo !== undefined && (
            <button
              type="button"
              className={styles.undo}
              onClick={() => {
                note.undo?.();
                drop(note.id);
              }}
            >
              {t("undo")}
            </button>
          )}
          <button type="button" className={styles.close} aria-label={t("close")} onClick={() => drop(note.id)}>
            <IconX size={16} aria-hidden />
          </button>
        </div>
      ))}
    </section>
  );
}
