/** A sound flow before it is sent: who learns what, cost, agreement, policies, approvals, and the act itself. */
import { useState } from "react";
import type { Explained } from "../../api/types";
import { own } from "../../core/own";
import { useMe } from "../../core/session";
import { Copy } from "../../ui/Copy";
import { Disclosures } from "../../ui/Disclosures";
import type { FlowDoc } from "../document";
import { sides } from "../sides/texts";
import { useFlow } from "../store";
import { Act } from "./Act";
import { AgreementChoice } from "./AgreementChoice";
import { Approvals } from "./Approvals";
import type { Asked } from "./asked";
import { Brief } from "./Brief";
import { CostTable } from "./CostTable";
import { Policies } from "./Policies";
import styles from "./Preview.module.css";
import { JobPrice } from "./Price";
import { preview } from "./texts";

interface PlanProps {
  doc: FlowDoc;
  explained: Explained;
  hash: string;
  wanted: Asked;
}

export function Plan({ doc, explained, hash, wanted }: PlanProps) {
  const t = sides.useT();
  const words = preview.useT();
  const me = useMe();
  const preset = useFlow((state) => state.agreement);
  const [agreement, setAgreement] = useState<string | undefined>(preset);
  const mine = { doc, agreement, initiator: me.node?.name ?? "" };
  return (
    <>
      <Brief {...mine} forecast={explained.forecast} disclosures={explained.disclosures} />
      <section className={styles.part} aria-labelledby="preview-learns">
        <h3 id="preview-learns" className={styles.heading}>
          {t("preview.learns")}
        </h3>
        <Disclosures of={withAll(explained)} me={me.node?.name} withSteps />
      </section>
      <section className={styles.part} aria-labelledby="preview-cost">
        <h3 id="preview-cost" className={styles.heading}>
          {t("preview.cost")}
        </h3>
        <CostTable doc={doc} explained={explained} />
        <div className={styles.priced}>
          <span className={styles.term}>{words("price")}</span>
          <JobPrice {...mine} />
        </div>
      </section>
      <section className={styles.part} aria-labelledby="preview-consent">
        <h3 id="preview-consent" className={styles.heading}>
          {t("preview.consent")}
        </h3>
        <AgreementChoice doc={doc} value={agreement} onChange={setAgreement} />
        <Policies doc={doc} agreement={agreement} />
        <Approvals doc={doc} agreement={agreement} />
        <p className={styles.hash}>
          {t("preview.hash")} <code data-raw>{hash.slice(0, 16)}…</code>
          <Copy value={hash} what={t("preview.hash")} />
        </p>
      </section>
      <Act doc={doc} agreement={agreement} hash={hash} first={wanted.when} />
    </>
  );
}

/** Also those who learn nothing: their line says so. */
function withAll(explained: Explained): Explained["disclosures"] {
  const all = Object.keys(explained.parties).map((party) => [party, own(explained.disclosures, party) ?? []]);
  return Object.fromEntries(all);
}
