/** The list of what is wrong; each leads to its field. Before that, what to do next. */
import type { FlowProblem } from "../../api/types";
import { IconAlertTriangle } from "../../core/icons";
import { useLanguage } from "../../core/language";
import type { FlowDoc } from "../document";
import { sides } from "../sides/texts";
import { useFlow, useFlowStore } from "../store";
import { isBegun } from "./checking";
import { Line } from "./Line";
import styles from "./Problems.module.css";
import { placeOf, useProblemSentence } from "./sentences";

export function Problems() {
  const t = sides.useT();
  const doc = useFlow((state) => state.doc);
  const problems = useFlow((state) => state.problems);
  const explained = useFlow((state) => state.explained);
  const next = nextOf(doc);
  if (next !== undefined) return <Line sign="info" text={t(`next.${next}`)} />;
  if (problems.length === 0)
    return <Line sign="ok" text={explained === undefined ? t("problems.none") : t("problems.sound")} />;
  return (
    <ul className={styles.list} aria-label={t("problems")}>
      {problems.map((problem, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same problem may come twice
        <li key={`${problem.code}:${problem.path.join(".")}:${place}`}>
          <Item problem={problem} />
        </li>
      ))}
    </ul>
  );
}

/** The beginning of a flow: no error yet, only a next step. */
export function nextOf(doc: FlowDoc): "steps" | "party" | undefined {
  if (!isBegun(doc)) return Object.keys(doc.parties).length < 2 ? "party" : "steps";
  return undefined;
}

function Item({ problem }: { problem: FlowProblem }) {
  const t = sides.useT();
  const language = useLanguage();
  const store = useFlowStore();
  const sentence = useProblemSentence()(problem);
  const open = (): void => {
    const place = placeOf(problem, store.get().doc);
    store.select(place.step === undefined ? [] : [place.step]);
    store.put({ drawer: place.tab, focus: place.path });
  };
  return (
    <button type="button" className={styles.item} onClick={open}>
      <IconAlertTriangle size={16} aria-hidden className={styles.bad} />
      <span className={styles.words}>
        <span>{sentence}</span>
        {problem.hint !== null && (
          <span className={styles.hint} lang="en" data-raw hidden={language === "zh"}>
            {problem.hint}
          </span>
        )}
      </span>
      {problem.step !== null && (
        <code className={styles.step} title={t("problems.at", { id: problem.step })}>
          {problem.step}
        </code>
      )}
    </button>
  );
}
