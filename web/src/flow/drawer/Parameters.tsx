/** The form of a step's parameters. */
import { useMemo } from "react";
import type { Operator } from "../../api/types";
import { useW } from "../../core/texts";
import type { FormContext } from "../../forms/context";
import { asObject } from "../../forms/json";
import { SpecForm } from "../../forms/SpecForm";
import { fieldsOf, type JsonSchema } from "../../forms/schema";
import { columnsOf } from "../columns";
import { setParams } from "../commands";
import type { FlowStep, Json } from "../document";
import { useKnown } from "../sides/catalogues";
import { sides } from "../sides/texts";
import { useFlow, useFlowStore } from "../store";

export function Parameters({ step, spec }: { step: FlowStep; spec: Operator | undefined }) {
  const t = sides.useT();
  const w = useW();
  const store = useFlowStore();
  const context = useFormContext(step, spec);
  const all = useFlow((state) => state.problems);
  const wanted = useFlow((state) => state.focus);
  const problems = useMemo(() => all.filter((problem) => problem.step === step.id), [all, step.id]);
  const schema = (spec?.params ?? UNKNOWN) as JsonSchema;
  const titleOf = (path: string): string =>
    w(fieldsOf(schema).find((field) => field.name === path.split(".")[0])?.title) || path;
  return (
    <SpecForm
      schema={schema}
      value={asObject(step.params)}
      context={context}
      problems={problems}
      wanted={wanted?.replace(/^params\./, "")}
      onChange={(params: Record<string, Json>, path) =>
        store.run(
          setParams(step.id, params),
          t("undo.param", { name: titleOf(path), id: step.id }),
          `param:${step.id}:${path}`,
        )
      }
    />
  );
}

const UNKNOWN: JsonSchema = { type: "object", properties: {} };

/** What the form asks of the flow around the step. */
export function useFormContext(step: FlowStep, spec: Operator | undefined): FormContext {
  const known = useKnown();
  const doc = useFlow((state) => state.doc);
  const specs = useFlow((state) => state.specs);
  return useMemo(
    () => ({
      doc,
      step,
      spec,
      partyOf: (role) => step.at[role],
      datasets: known.datasets,
      columns: (role) => columnsOf(doc, specs, known.catalogues, step.id, role),
      models: () => known.models,
    }),
    [doc, step, spec, specs, known],
  );
}
