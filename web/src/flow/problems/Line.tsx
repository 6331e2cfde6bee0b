/** One line with a sign: nothing wrong, or what to do next. */
import { IconCircleCheck, IconInfoCircle } from "../../core/icons";
import styles from "./Problems.module.css";

export function Line({ sign, text }: { sign: "ok" | "info"; text: string }) {
  const Sign = sign === "ok" ? IconCircleCheck : IconInfoCircle;
  return (
    <p className={styles.line} data-sign={sign}>
      <Sign size={18} aria-hidden />
      {text}
    </p>
  );
}
