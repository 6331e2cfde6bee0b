/** A native choice whose options are made when somebody is about to choose: hundreds of them stand in one list. */
import { useState } from "react";
import { flushSync } from "react-dom";
import styles from "./ListView.module.css";

export interface Option {
  value: string;
  label: string;
}

interface LazySelectProps {
  label: string;
  value: string | undefined;
  /** How the present value reads; the empty text is for none. */
  shown: string;
  options: () => Option[];
  /** Text of the empty choice; without it there is none. */
  empty?: string;
  invalid?: boolean;
  /** Makes the options at once: in short lists. */
  eager?: boolean;
  onChange: (value: string | undefined) => void;
}

export function LazySelect({ label, value, shown, options, empty, invalid, eager, onChange }: LazySelectProps) {
  const [near, setNear] = useState(false);
  const come = (): void => {
    if (!near) flushSync(() => setNear(true));
  };
  const made = near || eager ? options() : [];
  const all =
    value === undefined || made.some((option) => option.value === value) ? made : [{ value, label: shown }, ...made];
  return (
    <select
      className={styles.select}
      aria-label={label}
      aria-invalid={invalid || undefined}
      value={value ?? ""}
      onFocus={come}
      onPointerEnter={come}
      onPointerDown={come}
      onChange={(event) => onChange(event.currentTarget.value === "" ? undefined : event.currentTarget.value)}
    >
      {(empty !== undefined || value === undefined) && <option value="">{empty ?? shown}</option>}
      {all.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
