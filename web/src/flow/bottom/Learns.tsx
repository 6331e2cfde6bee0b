/** Who learns what from the whole flow. */
import { own } from "../../core/own";
import { useMe } from "../../core/session";
import { Disclosures } from "../../ui/Disclosures";
import { type FlowDoc, type Specs, specOf } from "../document";
import { type ByParty, declared } from "../drawer/Reveals";
import { sides } from "../sides/texts";
import { useFlow } from "../store";
import styles from "./Bottom.module.css";

export function Learns() {
  const t = sides.useT();
  const me = useMe().node?.name;
  const doc = useFlow((state) => state.doc);
  const specs = useFlow((state) => state.specs);
  const explained = useFlow((state) => state.explained);
  if (doc.steps.length === 0) return <p className={styles.quiet}>{t("learns.none")}</p>;
  const lines = explained?.disclosures ?? declaredOf(doc, specs);
  return (
    <div className={styles.learns}>
      {explained === undefined && <p className={styles.quiet}>{t("reveals.declared")}</p>}
      <Disclosures of={{ ...nothing(doc), ...lines }} me={me} withSteps />
    </div>
  );
}

const nothing = (doc: FlowDoc): ByParty => Object.fromEntries(Object.keys(doc.parties).map((party) => [party, []]));

/** What the operators declare, over all steps. */
export function declaredOf(doc: FlowDoc, specs: Specs): ByParty {
  const found: ByParty = {};
  for (const step of doc.steps) {
    const spec = specOf(specs, step);
    if (spec === undefined) continue;
    for (const [party, lines] of Object.entries(declared(step, spec)))
      found[party] = [...(own(found, party) ?? []), ...lines];
  }
  return found;
}
