/** Who learns what, in the words that people approve. */
import type { Wording } from "../api/types";
import { own } from "../core/own";
import { core, useW } from "../core/texts";
import styles from "./Disclosures.module.css";
import { Party } from "./Party";

export interface DisclosedLine extends Wording {
  step: string;
  code: string;
}
type ByParty = Record<string, DisclosedLine[]>;

interface DisclosuresProps {
  of: ByParty;
  /** This node's party, which comes last: what others learn matters first. */
  me?: string;
  /** An earlier version: what is new and what is gone is marked. */
  diffTo?: ByParty;
  /** Names the step of each line. */
  withSteps?: boolean;
}

const keyOf = (line: DisclosedLine): string => `${line.step}|${line.code}|${line.en}`;

export function Disclosures({ of, me, diffTo, withSteps }: DisclosuresProps) {
  const names = [...new Set([...Object.keys(of), ...Object.keys(diffTo ?? {})])];
  names.sort((one, other) => Number(one === me) - Number(other === me));
  return (
    <ul className={styles.parties}>
      {names.map((name) => (
        <PartyLearns
          key={name}
          name={name}
          now={own(of, name) ?? []}
          before={own(diffTo, name)}
          known={diffTo !== undefined}
          withSteps={withSteps}
        />
      ))}
    </ul>
  );
}

interface PartyLearnsProps {
  name: string;
  now: DisclosedLine[];
  before?: DisclosedLine[];
  known: boolean;
  withSteps?: boolean;
}

function PartyLearns({ name, now, before = [], known, withSteps }: PartyLearnsProps) {
  const t = core.useT();
  const old = new Set(before.map(keyOf));
  const present = new Set(now.map(keyOf));
  const gone = before.filter((line) => !present.has(keyOf(line)));
  return (
    <li className={styles.party}>
      <p className={styles.who}>
        <Party name={name} />
        <span className={styles.verb}>{t("learns", { party: "" }).trim()}</span>
      </p>
      <ul className={styles.lines}>
        {now.map((line) => (
          <Line
            key={keyOf(line)}
            line={line}
            mark={known && !old.has(keyOf(line)) ? "added" : undefined}
            withSteps={withSteps}
          />
        ))}
        {gone.map((line) => (
          <Line key={keyOf(line)} line={line} mark="removed" withSteps={withSteps} />
        ))}
        {now.length === 0 && <li className={styles.nothing}>{t("learns.nothing")}</li>}
      </ul>
    </li>
  );
}

interface LineProps {
  line: DisclosedLine;
  mark?: "added" | "removed";
  withSteps?: boolean;
}

function Line({ line, mark, withSteps }: LineProps) {
  const t = core.useT();
  const w = useW();
  return (
    <li data-mark={mark}>
      {mark !== undefined && <strong className={styles.mark}>{t(`disclosure.${mark}`)} </strong>}
      {mark === "removed" ? <s>{w(line)}</s> : w(line)}
      {withSteps && <code className={styles.step}>{line.step}</code>}
    </li>
  );
}
