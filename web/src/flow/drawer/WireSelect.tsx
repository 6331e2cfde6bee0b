/** What comes into one input: a choice of the outputs that fit. */
import { Select } from "@mantine/core";
import type { Port } from "../../api/types";
import { core, useW } from "../../core/texts";
import { connect, disconnect } from "../commands";
import { type FlowStep, refOf, specOf, stepOf, textOf } from "../document";
import { choices, fits } from "../fits";
import { useProblemSentence } from "../problems/sentences";
import { sides } from "../sides/texts";
import { useFlow, useFlowStore } from "../store";

export function WireSelect({ step, port, bare }: { step: FlowStep; port: Port; bare?: boolean }) {
  const t = sides.useT();
  const common = core.useT();
  const w = useW();
  const store = useFlowStore();
  const doc = useFlow((state) => state.doc);
  const specs = useFlow((state) => state.specs);
  const problems = useFlow((state) => state.problems);
  const sentence = useProblemSentence();
  const now = step.inputs?.[port.name];
  const to = { step: step.id, port: port.name };
  const fitting = choices(doc, specs, to).map(textOf);
  const options = now === undefined || fitting.includes(now) ? fitting : [now, ...fitting];
  const title = w(port.title) || port.name;
  const found = problems.find((problem) => problem.step === step.id && problem.port === port.name);
  const choose = (text: string | null): void => {
    if (text === null) {
      store.run(disconnect(to), t("undo.disconnect"));
      return;
    }
    const from = refOf(text);
    const fit = fits(doc, specs, from, to);
    store.run(connect(from, to, fit.ok ? fit.seats : (fit.offer ?? {})), t("undo.connect"));
  };
  /** "Rows of the receiver · match", and who would have to sit elsewhere. */
  const named = (text: string): string => {
    const from = refOf(text);
    const output = specOf(specs, stepOf(doc, from.step))?.outputs.find((known) => known.name === from.port);
    const name = t("wires.option", { port: w(output?.title) || from.port, id: from.step });
    const fit = fits(doc, specs, from, to);
    return fit.ok || fit.offer === undefined ? name : t("wires.reseats", { name });
  };
  return (
    <div data-path={`inputs.${port.name}`}>
      <Select
        size={bare ? "xs" : "sm"}
        label={bare ? undefined : port.optional ? t("seats.optional", { role: title }) : title}
        aria-label={bare ? t("wires.of", { port: title, id: step.id }) : undefined}
        data={options.map((value) => ({ value, label: named(value) }))}
        value={now ?? null}
        placeholder={port.optional ? common("none") : t("wires.open")}
        clearable
        clearButtonProps={{ "aria-label": t("wires.clear", { port: title }) }}
        error={bare || found === undefined ? found !== undefined : sentence(found)}
        nothingFoundMessage={t("wires.nothing")}
        onChange={choose}
        comboboxProps={{ withinPortal: true }}
      />
    </div>
  );
}
