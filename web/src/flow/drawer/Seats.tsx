/** Who sits on which role of a step, and what comes in. */
import { Select } from "@mantine/core";
import type { Operator } from "../../api/types";
import { core, useW } from "../../core/texts";
import { Party } from "../../ui/Party";
import { setSeat } from "../commands";
import { type FlowStep, partiesOf } from "../document";
import { useProblemSentence } from "../problems/sentences";
import { sides } from "../sides/texts";
import { useFlow, useFlowStore } from "../store";
import styles from "./Drawer.module.css";
import { WireSelect } from "./WireSelect";

export function Seats({ step, spec }: { step: FlowStep; spec: Operator | undefined }) {
  const t = sides.useT();
  const problems = useFlow((state) => state.problems);
  const sentence = useProblemSentence();
  if (spec === undefined) return <p className={styles.quiet}>{t("drawer.unknown", { operator: step.operator })}</p>;
  const faultOf = (role: string): string | undefined => {
    const found = problems.find((problem) => problem.step === step.id && problem.role === role);
    return found === undefined ? undefined : sentence(found);
  };
  return (
    <div className={styles.stack}>
      <p className={styles.quiet}>{t("seats.lead")}</p>
      {spec.roles.map((role) => (
        <SeatSelect key={role.name} step={step} spec={spec} role={role.name} error={faultOf(role.name)} />
      ))}
      {spec.inputs.length > 0 && <h3 className={styles.heading}>{t("wires")}</h3>}
      {spec.inputs.map((port) => (
        <WireSelect key={port.name} step={step} port={port} />
      ))}
    </div>
  );
}

interface SeatSelectProps {
  step: FlowStep;
  spec: Operator;
  role: string;
  error?: string;
  bare?: boolean;
}

/** Optional seats can be left empty; nobody is offered who already sits at this step on another needed seat. */
export function SeatSelect({ step, spec, role: name, error, bare }: SeatSelectProps) {
  const t = sides.useT();
  const w = useW();
  const common = core.useT();
  const store = useFlowStore();
  const doc = useFlow((state) => state.doc);
  const role = spec.roles.find((known) => known.name === name);
  if (role === undefined) return null;
  const title = w(role.title) || name;
  const now = step.at[name];
  const fitting = partiesOf(doc, role.dealer ? "dealer" : "data");
  const all = now === undefined || fitting.includes(now) ? fitting : [...fitting, now];
  const label = role.optional ? t("seats.optional", { role: title }) : title;
  return (
    <div data-path={`at.${name}`}>
      <Select
        size={bare ? "xs" : "sm"}
        label={bare ? undefined : label}
        aria-label={bare ? t("seats.of", { role: title, id: step.id }) : undefined}
        description={role.dealer && !bare ? t("seats.dealer") : undefined}
        data={all}
        value={now ?? null}
        error={error}
        placeholder={role.optional ? common("none") : t("seats.nobody")}
        clearable={role.optional}
        allowDeselect={false}
        nothingFoundMessage={role.dealer ? t("seats.no_dealer") : t("seats.no_party")}
        renderOption={({ option }) => <Party name={option.value} kind={role.dealer ? "dealer" : "data"} size="sm" />}
        onChange={(party) =>
          store.run(setSeat(step.id, name, party ?? undefined), t("undo.seat", { role: title, id: step.id }))
        }
        comboboxProps={{ withinPortal: true }}
      />
    </div>
  );
}
