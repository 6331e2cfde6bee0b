/** What is about to happen, in words, before anything is sent: then it is sent, planned, or put up for standing approval. */
import { Modal } from "@mantine/core";
import { useMemo } from "react";
import { useFormat } from "../../core/format";
import { useStore } from "../../core/store";
import { core } from "../../core/texts";
import { Async } from "../../ui/Async";
import { Card } from "../../ui/Section";
import type { FlowDoc } from "../document";
import { Line } from "../problems/Line";
import { useProblemSentence } from "../problems/sentences";
import { sides } from "../sides/texts";
import { slice } from "../slice";
import { useFlow } from "../store";
import { type Asked, asked } from "./asked";
import { type Looked, useLooked } from "./findings";
import { Plan } from "./Plan";
import styles from "./Preview.module.css";

export function Preview() {
  const t = sides.useT();
  const common = core.useT();
  const wanted = useStore(asked);
  return (
    <Modal
      opened={wanted !== undefined}
      onClose={() => asked.set(undefined)}
      size={860}
      title={t("preview.title")}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      {wanted !== undefined && <Content wanted={wanted} />}
    </Modal>
  );
}

function Content({ wanted }: { wanted: Asked }) {
  const whole = useFlow((state) => state.doc);
  const doc = useMemo(
    () => (wanted.slice === undefined ? whole : slice(whole, wanted.slice.step, wanted.slice.mode)),
    [whole, wanted],
  );
  const looked = useLooked(doc);
  return (
    <div className={styles.content}>
      <Lead doc={doc} whole={whole} wanted={wanted} />
      <Async query={looked} height={320}>
        {(found: Looked) =>
          found.explained === undefined || found.hash === undefined ? (
            <Faults of={found} />
          ) : (
            <Plan doc={doc} explained={found.explained} hash={found.hash} wanted={wanted} />
          )
        }
      </Async>
    </div>
  );
}

function Lead({ doc, whole, wanted }: { doc: FlowDoc; whole: FlowDoc; wanted: Asked }) {
  const t = sides.useT();
  const format = useFormat();
  const parties = Object.keys(doc.parties);
  return (
    <>
      <p className={styles.lead}>
        {t("preview.lead", { count: doc.steps.length, parties: format.list(parties), name: doc.name })}
      </p>
      {wanted.slice !== undefined && (
        <Card tone="info">
          <p className={styles.note}>
            {t(`preview.slice.${wanted.slice.mode}`, { step: wanted.slice.step })}{" "}
            {t("preview.again", {
              count: doc.steps.length,
              all: whole.steps.length,
              steps: format.list(doc.steps.map((step) => step.id)),
            })}
          </p>
        </Card>
      )}
    </>
  );
}

function Faults({ of: found }: { of: Looked }) {
  const t = sides.useT();
  const sentence = useProblemSentence();
  return (
    <Card tone="bad">
      <p className={styles.note}>{t("preview.faults", { count: found.problems.length })}</p>
      <ul className={styles.faults}>
        {found.problems.map((problem, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same problem may come twice
          <li key={place}>{sentence(problem)}</li>
        ))}
      </ul>
      {found.problems.length === 0 && <Line sign="info" text={t("preview.not_explained")} />}
    </Card>
  );
}
