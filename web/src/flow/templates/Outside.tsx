/** Said before the flow is made: who would take part without having signed the project. */
import { to } from "../../core/nav";
import { Link } from "../../ui/Link";
import { sides } from "../sides/texts";
import { type Agreed, outsiders } from "./presets";
import styles from "./Templates.module.css";
import type { Answers } from "./templates";

export function Outside({ agreed, answers }: { agreed?: Agreed; answers: Answers }) {
  const t = sides.useT();
  const [first] = outsiders(agreed, answers);
  if (agreed === undefined || first === undefined) return null;
  return (
    <p className={styles.outside} role="status">
      {t("ask.outside", { party: first, project: agreed.name })}{" "}
      <Link href={to.agreement(agreed.id)}>{t("ask.outside.amend")}</Link>
    </p>
  );
}
