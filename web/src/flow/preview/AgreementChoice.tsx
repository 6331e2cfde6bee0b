/** Under which agreement the flow runs: those in force that cover it, and why others do not. */
import { Select } from "@mantine/core";
import { useEffect } from "react";
import { useGet } from "../../api/hooks";
import { useFormat } from "../../core/format";
import { useMe } from "../../core/session";
import { useW } from "../../core/texts";
import type { FlowDoc } from "../document";
import { sides } from "../sides/texts";
import { useFlow } from "../store";
import { type Judged, judged, operatorTitle } from "./agreements";
import styles from "./Preview.module.css";

interface AgreementChoiceProps {
  doc: FlowDoc;
  value: string | undefined;
  onChange: (agreement: string | undefined) => void;
}

const NONE = "-";

export function AgreementChoice({ doc, value, onChange }: AgreementChoiceProps) {
  const t = sides.useT();
  const me = useMe();
  const said = useLack();
  const may = me.can("agreement.read");
  const { data } = useGet("/agreements", undefined, { enabled: may });
  const all = data === undefined ? undefined : judged(data.items, doc, me.node?.name);
  const fitting = all?.filter(({ lack }) => lack === undefined) ?? [];
  const only = fitting.length === 1 ? fitting[0]?.agreement.id : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: proposed once, when the list arrives
  useEffect(() => {
    if (value === undefined && only !== undefined) onChange(only);
  }, [only]);
  if (!may || all === undefined) return null;
  const unfit = all.filter(({ lack }) => lack !== undefined);
  const chosen = unfit.find(({ agreement }) => agreement.id === value);
  return (
    <div className={styles.choice}>
      <Select
        label={t("agreement")}
        description={t("agreement.help")}
        data={[
          { value: NONE, label: t("agreement.none") },
          ...all.map(({ agreement, lack }) => ({
            value: agreement.id,
            label: agreement.name,
            disabled: lack !== undefined,
          })),
        ]}
        value={value ?? NONE}
        error={chosen === undefined ? undefined : said(chosen)}
        allowDeselect={false}
        onChange={(next) => onChange(next === NONE || next === null ? undefined : next)}
        comboboxProps={{ withinPortal: true }}
      />
      {unfit.length > 0 && (
        <details className={styles.quiet}>
          <summary>{t("agreement.unfit", { count: unfit.length })}</summary>
          <ul>
            {unfit.map((judgement) => (
              <li key={judgement.agreement.id}>{said(judgement)}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function useLack(): (judgement: Judged) => string {
  const t = sides.useT();
  const w = useW();
  const format = useFormat();
  const specs = useFlow((state) => state.specs);
  return ({ agreement, lack }) => {
    if (lack === undefined) return agreement.name;
    const isTime = lack.why === "expired" || lack.why === "not_yet";
    const what = isTime
      ? format.time(lack.what)
      : lack.why === "operator"
        ? operatorTitle(specs, lack.what, w)
        : lack.what;
    return t(`agreement.lack.${lack.why}`, { name: agreement.name, what });
  };
}
