/** Fifth: what is sensitive? A scan suggests classes and levels; a person confirms them. */
import { Button, Group, Select } from "@mantine/core";
import { useState } from "react";
import { useMe } from "../../../core/session";
import { Section } from "../../../ui/Section";
import { Labels } from "../labels/Labels";
import { useScan } from "../labels/scan";
import { data } from "../texts";
import type { StageProps } from "./page";

export function Classify({ plan, change }: StageProps) {
  const t = data.useT();
  const me = useMe();
  const [shown, setShown] = useState(plan.done[0] ?? "");
  const choose =
    plan.done.length > 1 ? (
      <Select
        aria-label={t("look.which")}
        allowDeselect={false}
        value={shown}
        data={plan.done}
        onChange={(name) => setShown(name ?? "")}
      />
    ) : undefined;
  return (
    <Section title={t("classify.title", { name: shown })} lead={t("classify.lead")} actions={choose}>
      {me.can("label.suggest") && <FirstScan key={shown} name={shown} />}
      {me.can("label.read") && shown !== "" && <Labels key={`${shown} labels`} name={shown} />}
      <Group mt="lg">
        <Button onClick={() => change({ stage: "done" })}>{t("next")}</Button>
        <span>{t("classify.later")}</span>
      </Group>
    </Section>
  );
}

/** Starts the scan of a dataset that was never looked at. */
function FirstScan({ name }: { name: string }) {
  useScan(name, true);
  return null;
}
