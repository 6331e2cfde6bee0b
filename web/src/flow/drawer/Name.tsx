/** The id of a step: how others refer to it. It is changed everywhere at once. */
import { TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { rename } from "../commands";
import { type FlowStep, isName, stepOf } from "../document";
import { sides } from "../sides/texts";
import { useFlow, useFlowStore } from "../store";

export function Name({ step, bare }: { step: FlowStep; bare?: boolean }) {
  const t = sides.useT();
  const store = useFlowStore();
  const doc = useFlow((state) => state.doc);
  const [text, setText] = useState(step.id);
  useEffect(() => setText(step.id), [step.id]);
  const taken = text !== step.id && stepOf(doc, text) !== undefined;
  const error = !isName(text) ? t("name.bad") : taken ? t("name.taken") : undefined;
  const commit = (): void => {
    if (error !== undefined || text === step.id) {
      setText(step.id);
      return;
    }
    store.run(rename(step.id, text), t("undo.rename"));
    store.select([text]);
  };
  return (
    <TextInput
      size="xs"
      label={bare ? undefined : t("name")}
      aria-label={bare ? t("name.of", { id: step.id }) : undefined}
      value={text}
      error={error}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
        if (event.key === "Escape") setText(step.id);
      }}
    />
  );
}
