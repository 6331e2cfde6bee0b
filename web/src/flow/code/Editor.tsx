/** A text with numbered lines and marks at those with problems. Tab leaves it, as everywhere. */
import { memo, useId, useMemo, useRef } from "react";
import type { FlowProblem } from "../../api/types";
import { sides } from "../sides/texts";
import styles from "./CodeView.module.css";
import { pieces } from "./colours";
import type { Format } from "./convert";

interface EditorProps {
  label: string;
  format: Format;
  value: string;
  marks: FlowProblem[];
  onChange: (text: string) => void;
}

export function Editor({ label, format, value, marks, onChange }: EditorProps) {
  const t = sides.useT();
  const id = useId();
  const gutter = useRef<HTMLDivElement>(null);
  const colours = useRef<HTMLPreElement>(null);
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
      <Coloured ref={colours} value={value} format={format} />
      <textarea
        className={styles.area}
        data-plain={value.length > MOST || undefined}
        aria-label={label}
        aria-describedby={`${id}-help`}
        value={value}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        onChange={(event) => onChange(event.currentTarget.value)}
        onScroll={(event) => {
          const { scrollTop: top, scrollLeft: left } = event.currentTarget;
          gutter.current?.scrollTo({ top });
          colours.current?.scrollTo({ top, left });
        }}
      />
      <span id={`${id}-help`} className={styles.hidden}>
        {t("code.help")}
      </span>
    </div>
  );
}

/** A longer text stays plain: it would be coloured anew at every key. */
const MOST = 60_000;

interface ColouredProps {
  value: string;
  format: Format;
  ref: React.Ref<HTMLPreElement>;
}

/** Lies under the field, whose own letters are clear, so that it stays a plain field for keys and readers. */
const Coloured = memo(function Coloured({ value, format, ref }: ColouredProps) {
  if (value.length > MOST) return null;
  return (
    <pre ref={ref} className={styles.colours} aria-hidden data-raw>
      {pieces(value, format).map(({ text, kind }, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place
        <span key={place} data-kind={kind}>
          {text}
        </span>
      ))}
      {"\n"}
    </pre>
  );
});
