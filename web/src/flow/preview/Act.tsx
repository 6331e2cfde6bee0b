/** The act itself: now, at set times, or asking for approval of many runs. */
import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useMe } from "../../core/session";
import type { FlowDoc } from "../document";
import { sides } from "../sides/texts";
import type { Asked } from "./asked";
import styles from "./Preview.module.css";
import { Scheduling } from "./Scheduling";
import { Standing } from "./Standing";
import { Submit } from "./Submit";

interface ActProps {
  doc: FlowDoc;
  agreement: string | undefined;
  hash: string;
  first: Asked["when"];
}
type When = Asked["when"];

const RIGHTS: Record<When, string> = { now: "job.submit", schedule: "schedule.add", standing: "standing.propose" };

const FORMS = { now: Submit, schedule: Scheduling, standing: Standing } as const;

export function Act({ doc, agreement, hash, first }: ActProps) {
  const t = sides.useT();
  const me = useMe();
  const allowed = (Object.keys(RIGHTS) as When[]).filter((when) => me.can(RIGHTS[when]));
  const [when, setWhen] = useState<When>(first);
  if (!allowed.includes(when)) {
    const [other] = allowed;
    return other === undefined ? (
      <p className={styles.quiet}>{t("act.not_allowed")}</p>
    ) : (
      <Other to={() => setWhen(other)} />
    );
  }
  const choice = allowed.length > 1 && (
    <SegmentedControl
      aria-label={t("act")}
      data={allowed.map((value) => ({ value, label: t(`act.${value}`) }))}
      value={when}
      onChange={(next) => setWhen(next as When)}
    />
  );
  const Form = FORMS[when];
  return <Form doc={doc} agreement={agreement} hash={hash} choice={choice} />;
}

function Other({ to: change }: { to: () => void }) {
  const t = sides.useT();
  return (
    <Button variant="default" onClick={change}>
      {t("act.other")}
    </Button>
  );
}
