/** One step of the list: its name, seats, inputs, state and what can be done with it. */
import { ActionIcon, Menu } from "@mantine/core";
import IconDots from "@tabler/icons-react/dist/esm/icons/IconDots.mjs";
import { memo } from "react";
import type { Operator, Port } from "../../api/types";
import { useW } from "../../core/texts";
import { StateBadge } from "../../ui/Badge";
import { duplicate } from "../clipboard";
import { connect, disconnect, removeSteps, setSeat } from "../commands";
import { type FlowStep, partiesOf, refOf, specOf, stepOf, textOf } from "../document";
import { Name } from "../drawer/Name";
import { choices, fits } from "../fits";
import { openPreview } from "../preview/asked";
import { sides } from "../sides/texts";
import { useFlow, useFlowStore } from "../store";
import { LazySelect } from "./LazySelect";
import styles from "./ListView.module.css";

interface StepRowProps {
  step: FlowStep;
  chosen: boolean;
  faults: number;
  /** Whether any step has a state or a fault to tell. */
  told: boolean;
  eager: boolean;
}

export const StepRow = memo(function StepRow({ step, chosen, faults, told, eager }: StepRowProps) {
  const t = sides.useT();
  const w = useW();
  const store = useFlowStore();
  const spec = useFlow((state) => specOf(state.specs, step));
  const state = useFlow((flow) => flow.run?.steps.find((known) => known.id === step.id)?.state);
  const choose = (): void => {
    const { selection } = store.get();
    store.select(chosen ? selection.filter((id) => id !== step.id) : [...selection, step.id]);
  };
  return (
    <tr data-chosen={chosen || undefined} id={`step-${step.id}`}>
      <td>
        <input type="checkbox" aria-label={t("list.choose", { id: step.id })} checked={chosen} onChange={choose} />
      </td>
      <td className={styles.id}>
        <Name step={step} bare />
      </td>
      <td className={styles.operator}>{w(spec?.title) || <code>{step.operator}</code>}</td>
      <td>{spec !== undefined && <Seats step={step} spec={spec} eager={eager} />}</td>
      <td>{spec !== undefined && <Inputs step={step} spec={spec} eager={eager} />}</td>
      {told && (
        <td>
          {faults > 0 ? (
            <button type="button" className={styles.faults} onClick={() => openProblems()}>
              {t("list.faults", { count: faults })}
            </button>
          ) : state !== undefined ? (
            <StateBadge state={state} />
          ) : null}
        </td>
      )}
      <td>
        <Actions step={step} />
      </td>
    </tr>
  );

  function openProblems(): void {
    store.select([step.id]);
    store.put({ bottom: "problems" });
  }
});

function Seats({ step, spec, eager }: { step: FlowStep; spec: Operator; eager: boolean }) {
  const t = sides.useT();
  const w = useW();
  const store = useFlowStore();
  const roles = spec.roles.filter((role) => !role.optional || step.at[role.name] !== undefined);
  const seat = (role: string, party: string | undefined): void =>
    store.run(setSeat(step.id, role, party), t("undo.seat", { role, id: step.id }));
  return (
    <div className={styles.pairs}>
      {roles.map((role) => (
        <div key={role.name} className={styles.pair}>
          <span aria-hidden>{w(role.title) || role.name}</span>
          <LazySelect
            label={t("seats.of", { role: w(role.title) || role.name, id: step.id })}
            value={step.at[role.name]}
            shown={step.at[role.name] ?? t("seats.nobody")}
            options={() => partiesOf(store.get().doc, role.dealer ? "dealer" : "data").map(plain)}
            empty={role.optional ? t("seats.nobody") : undefined}
            invalid={step.at[role.name] === undefined && !role.optional}
            eager={eager}
            onChange={(party) => seat(role.name, party)}
          />
        </div>
      ))}
    </div>
  );
}

const plain = (name: string): { value: string; label: string } => ({ value: name, label: name });

function Inputs({ step, spec, eager }: { step: FlowStep; spec: Operator; eager: boolean }) {
  const w = useW();
  return (
    <div className={`${styles.pairs} ${styles.inputs}`}>
      {spec.inputs.map((port) => (
        <div key={port.name} className={styles.pair}>
          <span aria-hidden>{w(port.title) || port.name}</span>
          <Input step={step} port={port} eager={eager} />
        </div>
      ))}
    </div>
  );
}

function Input({ step, port, eager }: { step: FlowStep; port: Port; eager: boolean }) {
  const t = sides.useT();
  const w = useW();
  const store = useFlowStore();
  const to = { step: step.id, port: port.name };
  const now = step.inputs?.[port.name];
  const named = (text: string): string => {
    const { doc, specs } = store.get();
    const from = refOf(text);
    const output = specOf(specs, stepOf(doc, from.step))?.outputs.find((known) => known.name === from.port);
    return t("wires.option", { port: w(output?.title) || from.port, id: from.step });
  };
  const choose = (text: string | undefined): void => {
    if (text === undefined) {
      store.run(disconnect(to), t("undo.disconnect"));
      return;
    }
    const { doc, specs } = store.get();
    const fit = fits(doc, specs, refOf(text), to);
    store.run(connect(refOf(text), to, fit.ok ? fit.seats : (fit.offer ?? {})), t("undo.connect"));
  };
  return (
    <LazySelect
      label={t("wires.of", { port: w(port.title) || port.name, id: step.id })}
      value={now}
      shown={now === undefined ? t("wires.open") : named(now)}
      options={() => {
        const { doc, specs } = store.get();
        return choices(doc, specs, to)
          .map(textOf)
          .map((value) => ({ value, label: named(value) }));
      }}
      empty={t("wires.open")}
      invalid={now === undefined && !port.optional}
      eager={eager}
      onChange={choose}
    />
  );
}

function Actions({ step }: { step: FlowStep }) {
  const t = sides.useT();
  const store = useFlowStore();
  const open = (): void => {
    store.select([step.id]);
    store.put({ drawer: "parameters" });
  };
  const again = (): void => {
    const { doc, specs } = store.get();
    const made = duplicate(doc, [step.id], specs);
    store.run(made.command, t("undo.duplicate"));
    store.select(made.ids);
  };
  return (
    <div className={styles.actions}>
      <button type="button" className={styles.open} onClick={open} aria-label={t("list.open_of", { id: step.id })}>
        {t("list.open")}
      </button>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t("list.more_of", { id: step.id })}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={again}>{t("list.duplicate")}</Menu.Item>
          <Menu.Item onClick={() => openPreview({ step: step.id, mode: "one" })}>{t("run.one")}</Menu.Item>
          <Menu.Item onClick={() => openPreview({ step: step.id, mode: "to" })}>{t("run.to")}</Menu.Item>
          <Menu.Item onClick={() => openPreview({ step: step.id, mode: "from" })}>{t("run.from")}</Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red.8" onClick={() => store.run(removeSteps([step.id]), t("undo.remove"))}>
            {t("list.remove")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
