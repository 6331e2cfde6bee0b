/** Puts the flow up for standing approval: many runs, approved once. */
import { Button, NumberInput } from "@mantine/core";
import { useState } from "react";
import { act } from "../../api/hooks";
import { queries } from "../../api/queries";
import { notify } from "../../core/notify";
import { DateField } from "../../dates/DateField";
import { sides } from "../sides/texts";
import { asked } from "./asked";
import { Fields, Foot, type FormProps, flowOf, ORDER, useDoing, useIntention } from "./doing";
import styles from "./Preview.module.css";

export function Standing({ doc, agreement, hash, choice }: FormProps) {
  const t = sides.useT();
  const [runs, setRuns] = useState<number | "">(10);
  const [until, setUntil] = useState("");
  const { busy, fault, run } = useDoing();
  const key = useIntention(hash, agreement, String(runs), until);
  const propose = run(async () => {
    const limits = {
      ...(runs === "" ? {} : { max_runs: runs }),
      ...(until === "" ? {} : { until: new Date(`${until}T23:59:59`).toISOString() }),
    };
    await act("post", "/standing", { body: { flow: flowOf(doc), agreement, ...limits } }, key);
    asked.set(undefined);
    notify({ tone: "ok", text: t("act.proposed") });
    await queries.invalidateQueries({ queryKey: ["/standing"] });
  });
  return (
    <>
      <Fields choice={choice}>
        <p className={styles.quiet}>{t("act.standing.help")}</p>
        <div className={styles.fields}>
          <NumberInput
            label={t("act.runs")}
            inputWrapperOrder={ORDER}
            description={t("act.runs.help")}
            min={1}
            max={1_000_000}
            allowDecimal={false}
            value={runs}
            onChange={(next) => setRuns(typeof next === "number" ? next : "")}
          />
          <DateField
            label={t("act.until")}
            inputWrapperOrder={ORDER}
            description={t("act.until.help")}
            value={until}
            onChange={setUntil}
          />
        </div>
      </Fields>
      <Foot fault={fault}>
        <Button loading={busy} onClick={propose}>
          {t("act.propose")}
        </Button>
      </Foot>
    </>
  );
}
