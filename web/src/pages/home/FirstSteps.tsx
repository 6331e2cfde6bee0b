/** The way of a new node to its first joint result; gone when it is done or put away. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useGet } from "../../api/hooks";
import { IconCheck } from "../../core/icons";
import { recall, remember } from "../../core/remembered";
import { useMe } from "../../core/session";
import { useW } from "../../core/texts";
import { Link } from "../../ui/Link";
import { Section } from "../../ui/Section";
import styles from "./FirstSteps.module.css";
import { finishedOf, useJobs } from "./jobs";
import { type FirstStep, firstSteps } from "./steps";
import { home } from "./texts";

const AWAY = "first steps away";

/** The steps to show; none when all are done or they were put away. */
export function useFirstSteps(): { steps: FirstStep[]; putAway: () => void } {
  const steps = useSteps();
  const [away, setAway] = useState(recall(AWAY) !== undefined);
  const putAway = (): void => {
    remember(AWAY, "yes");
    setAway(true);
  };
  return { steps: away ? [] : steps, putAway };
}

export function FirstSteps({ steps, putAway }: ReturnType<typeof useFirstSteps>) {
  const t = home.useT();
  if (steps.length === 0) return null;
  const button = (
    <Button variant="subtle" size="compact-sm" onClick={putAway}>
      {t("first.away")}
    </Button>
  );
  return (
    <Section title={t("first")} lead={t("first.lead")} actions={button}>
      <ol className={styles.steps}>
        {steps.map((step, place) => (
          <Step key={step.name} step={step} number={place + 1} />
        ))}
      </ol>
    </Section>
  );
}

function useSteps(): FirstStep[] {
  const { can } = useMe();
  const node = useGet("/node", undefined, { enabled: can("node.read") }).data;
  const agreements = useGet("/agreements", { query: { limit: 500 } }, { enabled: can("agreement.read") }).data;
  const jobs = useJobs().data;
  if (node === undefined || agreements === undefined || jobs === undefined) return [];
  const { peers, datasets } = node.counts;
  return firstSteps({ peers, datasets, agreements: agreements.items.length, results: finishedOf(jobs.items).length });
}

function Step({ step, number }: { step: FirstStep; number: number }) {
  const t = home.useT();
  const state = step.done ? "done" : step.next ? "next" : "later";
  return (
    <li className={styles.step} data-state={state} aria-current={step.next ? "step" : undefined}>
      <span className={styles.mark} aria-hidden>
        {step.done ? <IconCheck size={16} /> : number}
      </span>
      <p className={styles.title}>
        {t(`first.${step.name}`)}
        {step.done && <span className={styles.done}> {t("first.done")}</span>}
      </p>
      <p className={styles.text}>{t(`first.${step.name}.text`)}</p>
      {!step.done && <Way step={step} />}
    </li>
  );
}

/** The button, or who can do it. */
function Way({ step }: { step: FirstStep }) {
  const t = home.useT();
  const w = useW();
  const me = useMe();
  const access = useGet("/access").data;
  if (me.can(step.action)) {
    return (
      <Button component={Link} href={step.href} variant={step.next ? "filled" : "default"} size="compact-md">
        {t(`first.${step.name}.go`)}
      </Button>
    );
  }
  const names = access?.actions.find((action) => action.name === step.action)?.roles ?? [];
  const roles = (access?.roles ?? []).filter((role) => names.includes(role.name) && role.name !== "api_client");
  return <p className={styles.who}>{t("first.who", { roles: roles.map((role) => w(role.title)).join(" / ") })}</p>;
}
