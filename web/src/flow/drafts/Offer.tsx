/** This browser kept changes that the node never got. */
import { Button } from "@mantine/core";
import { useFormat } from "../../core/format";
import { useMe } from "../../core/session";
import { useStore } from "../../core/store";
import { replaceAll } from "../commands";
import { sides } from "../sides/texts";
import { useFlowStore } from "../store";
import styles from "./Drafts.module.css";
import { localDrafts } from "./local";
import { offered } from "./saving";

export function Offer() {
  const t = sides.useT();
  const format = useFormat();
  const me = useMe();
  const store = useFlowStore();
  const draft = useStore(offered);
  if (draft === undefined) return null;
  const take = (): void => {
    offered.set(undefined);
    store.run(replaceAll(draft.document), t("undo.draft"));
  };
  const drop = (): void => {
    offered.set(undefined);
    localDrafts(me.name).drop(store.get().id);
  };
  return (
    <section className={styles.offer} aria-label={t("offer")}>
      <p>{t("offer.text", { time: format.time(draft.at) })}</p>
      <Button size="compact-sm" onClick={take}>
        {t("offer.take")}
      </Button>
      <Button size="compact-sm" variant="default" onClick={drop}>
        {t("offer.drop")}
      </Button>
    </section>
  );
}
