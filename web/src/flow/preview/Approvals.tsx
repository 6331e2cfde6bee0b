/** Who has to agree before the flow runs. */
import { useMe } from "../../core/session";
import { Level } from "../../ui/Badge";
import { Party } from "../../ui/Party";
import type { FlowDoc } from "../document";
import { sides } from "../sides/texts";
import { useRules } from "./findings";
import styles from "./Preview.module.css";

export function Approvals({ doc, agreement }: { doc: FlowDoc; agreement: string | undefined }) {
  const t = sides.useT();
  const me = useMe();
  const { data: own } = useRules(doc, agreement, true);
  const others = Object.keys(doc.parties).filter((party) => party !== me.node?.name);
  return (
    <ul className={styles.approvals} aria-label={t("approvals")}>
      {me.node !== undefined && Object.hasOwn(doc.parties, me.node.name) && (
        <li>
          <Party name={me.node.name} />
          <span>{own === undefined ? t("approvals.own_unknown") : <Own of={own} />}</span>
        </li>
      )}
      {others.map((party) => (
        <li key={party}>
          <Party name={party} kind={doc.parties[party]} />
          <span>{t("approvals.other")}</span>
        </li>
      ))}
    </ul>
  );
}

function Own({ of }: { of: { approved_by: string | null; people: number; level: number } }) {
  const t = sides.useT();
  if (of.approved_by !== null) {
    const [kind = "", name = ""] = of.approved_by.split(":");
    return kind === "flow" ? t("approvals.standing") : t("approvals.rule", { name });
  }
  return (
    <>
      {of.people > 1 ? t("approvals.people", { count: of.people }) : t("approvals.sender")}{" "}
      {of.level > 0 && <Level level={of.level} />}
    </>
  );
}
