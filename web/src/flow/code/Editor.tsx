/** A text with numbered lines and marks at those with problems. Tab leaves it, as everywhere. */
import { useId, useMemo, useRef } from "react";
import type { FlowProblem } from "../../api/types";
import { sides } from "../sides/texts";
import styles from "./CodeView.module.css";

interface EditorProps {
  label: string;
  value: string;
  marks: FlowProblem[];
  onChange: (text: string) => void;
}

export function Editor({ label, value, marks, onChange }: EditorProps) {
  const t = sides.useT();
  const id = useId();
  const gutter = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => value.split("\n").length, [value]);
  const marked = useMemo(() => new Set(marks.map((problem) => problem.line).filter((line) => line !== null)), [marks]);
  const numbers = useMemo(() => Array.from({ length: lines }, (_, place) => place + 1), [lines]);
  return (
    <div className={styles.editor}>
      <div ref={gutter} className={styles.gutter} aria-hidden>
        {numbers.map((line) => (
          <div key={line} data-marked={marked.has(line) || undefined}>
            {marked.has(line) ? t("code.mark", { line: String(line) }) : line}
          </div>
        ))}
      </div>
      <textarea
        className={styles.area}
        aria-label={label}
        aria-describedby={`${id}-help`}
        value={value}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        onChange={(event) => onChange(event.currentTarget.value)}
        onScroll={(event) => {
          if (gutter.current !== null) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
      <span id={`${id}-help`} className={styles.hidden}>
        {t("code.help")}
      </span>
    </div>
  );
}
