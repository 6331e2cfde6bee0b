/** Who will learn what, big: the sentences that an approval signs. Others come first, the own organisation last. */
import { own } from "../../core/own";
import { core, useW } from "../../core/texts";
import type { DisclosedLine } from "../../ui/Disclosures";
import { Party, useHue } from "../../ui/Party";
import styles from "./Item.module.css";
import { approvals } from "./texts";

export type ByParty = Record<string, DisclosedLine[]>;

interface LearnsProps {
  of: ByParty;
  me?: string;
  kinds?: Record<string, string>;
  /** What was approved before: new and gone sentences are marked. */
  before?: ByParty;
}

const keyOf = (line: DisclosedLine): string => `${line.step}|${line.code}|${line.en}`;

/** Whoever learns most of ours comes first; who learns nothing, and we ourselves, last. */
export function inOrder(of: ByParty, me: string | undefined): string[] {
  const weight = (name: string): number => (name === me ? 2 : (own(of, name)?.length ?? 0) === 0 ? 1 : 0);
  return Object.keys(of).sort((one, other) => weight(one) - weight(other) || (one < other ? -1 : 1));
}

export function Learns({ of, me, kinds, before }: LearnsProps) {
  return (
    <ul className={styles.learns}>
      {inOrder({ ...before, ...of }, me).map((name) => (
        <PartyLearns
          key={name}
          name={name}
          dealer={own(kinds, name) === "dealer"}
          lines={own(of, name) ?? []}
          before={before === undefined ? undefined : (own(before, name) ?? [])}
        />
      ))}
    </ul>
  );
}

interface PartyLearnsProps {
  name: string;
  dealer: boolean;
  lines: DisclosedLine[];
  before?: DisclosedLine[];
}

function PartyLearns({ name, dealer, lines, before }: PartyLearnsProps) {
  const t = core.useT();
  const hue = useHue()(name);
  const known = new Set((before ?? lines).map(keyOf));
  const present = new Set(lines.map(keyOf));
  const gone = (before ?? []).filter((line) => !present.has(keyOf(line)));
  return (
    <li className={styles.party} data-hue={hue}>
      <p className={styles.who}>
        <Party name={name} kind={dealer ? "dealer" : "data"} /> <span>{t("learns", { party: "" }).trim()}</span>
      </p>
      <ul className={styles.sentences}>
        {lines.map((line) => (
          <Sentence key={keyOf(line)} line={line} mark={known.has(keyOf(line)) ? undefined : "added"} />
        ))}
      </ul>
      <Gone lines={gone} />
      {lines.length === 0 && <p className={styles.nothing}>{t("learns.nothing")}</p>}
    </li>
  );
}

/** What was approved before and does not hold any more; folded, because nobody approves it now. */
function Gone({ lines }: { lines: DisclosedLine[] }) {
  const t = approvals.useT();
  if (lines.length === 0) return null;
  return (
    <details className={styles.gone}>
      <summary>{t("learns.gone", { count: lines.length })}</summary>
      <ul className={styles.sentences}>
        {lines.map((line) => (
          <Sentence key={keyOf(line)} line={line} mark="removed" />
        ))}
      </ul>
    </details>
  );
}

function Sentence({ line, mark }: { line: DisclosedLine; mark?: "added" | "removed" }) {
  const t = core.useT();
  const w = useW();
  return (
    <li data-mark={mark}>
      {mark !== undefined && <span className={styles.mark}>{t(`disclosure.${mark}`)}</span>}
      {mark === "removed" ? <s>{w(line)}</s> : <span>{w(line)}</span>}
      <code>{line.step}</code>
    </li>
  );
}
