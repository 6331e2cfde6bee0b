/** Somebody else saved the same flow meanwhile: what differs, and whose stays. */
import { Button, Modal } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import type { FlowDraft } from "../../api/types";
import { go } from "../../core/location";
import { to } from "../../core/nav";
import { useStore } from "../../core/store";
import { core } from "../../core/texts";
import { Loading } from "../../ui/Async";
import { Diagnostic } from "../../ui/Diagnostic";
import { asName, type FlowDoc } from "../document";
import { sides } from "../sides/texts";
import { useFlow, useFlowStore } from "../store";
import styles from "./Drafts.module.css";
import { conflict, gateway, keeperNow } from "./saving";

const DiffView = lazy(() => import("../diff/DiffView"));

export function Conflict() {
  const t = sides.useT();
  const common = core.useT();
  const theirs = useStore(conflict);
  const [later, setLater] = useState<FlowDraft>();
  const opened = theirs !== undefined && theirs !== later;
  return (
    <Modal
      opened={opened}
      onClose={() => setLater(theirs)}
      size="lg"
      title={t("conflict.title")}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      {theirs !== undefined && <Question theirs={theirs} />}
    </Modal>
  );
}

function Question({ theirs }: { theirs: FlowDraft }) {
  const t = sides.useT();
  const store = useFlowStore();
  const mine = useFlow((state) => state.doc);
  const [fault, setFault] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const doing = (what: () => Promise<void> | void) => async (): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      await what();
      if (conflict.get() === theirs) conflict.set(undefined); // else they saved once more meanwhile
    } catch (thrown) {
      setFault(thrown);
    } finally {
      setBusy(false);
    }
  };
  const copy = async (): Promise<void> => {
    const name = asName(`${mine.name.slice(0, 58)}-mine`);
    const made = await gateway.create({ document: { ...mine, name }, agreement: store.get().agreement });
    keeperNow()?.accept(theirs);
    go(to.flow(made.id));
  };
  return (
    <>
      <p className={styles.lead}>
        {t("conflict.lead", { who: theirs.updated_by.replace(/^user:/, ""), version: theirs.version })}
      </p>
      <h3 className={styles.heading}>{t("conflict.differs")}</h3>
      <Suspense fallback={<Loading height={80} />}>
        <DiffView before={theirs.document as unknown as FlowDoc} after={mine} />
      </Suspense>
      {fault !== undefined && <Diagnostic problem={fault} compact />}
      <div className={styles.choices}>
        <Button variant="default" disabled={busy} onClick={doing(() => keeperNow()?.accept(theirs))}>
          {t("conflict.theirs")}
        </Button>
        <Button variant="default" disabled={busy} onClick={doing(copy)}>
          {t("conflict.both")}
        </Button>
        <Button disabled={busy} onClick={doing(async () => keeperNow()?.overwrite(theirs))}>
          {t("conflict.mine")}
        </Button>
      </div>
    </>
  );
}
