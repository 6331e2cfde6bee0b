/** Sets class and level of columns by hand. A lower level needs a reason, and from 4 up a second person. */
import { Button, Group, Select, Textarea } from "@mantine/core";
import { useState } from "react";
import { useAct, useGet } from "../../../api/hooks";
import type { ColumnLabel } from "../../../api/types";
import { core, useW } from "../../../core/texts";
import { LEVELS, useLevelMeaning } from "../../../ui/Badge";
import { Diagnostic } from "../../../ui/Diagnostic";
import { Dialog } from "../../../ui/Dialog";
import { data } from "../texts";
import styles from "./labels.module.css";

interface FormProps {
  name: string;
  labels: ColumnLabel[];
  onClose: () => void;
}

export function LabelForm({ name, labels, onClose }: FormProps) {
  const t = data.useT();
  const columns = labels.map((one) => one.column).join(", ");
  return (
    <Dialog opened onClose={onClose} title={t("labels.form", { columns })}>
      <Form name={name} labels={labels} onClose={onClose} />
    </Dialog>
  );
}

function Form({ name, labels, onClose }: FormProps) {
  const t = data.useT();
  const c = core.useT();
  const w = useW();
  const meaning = useLevelMeaning();
  const levels = useGet("/levels", undefined, { staleTime: 600_000 }).data;
  const first = labels[0]?.suggested ?? labels[0];
  const [klass, setKlass] = useState(first?.klass ?? "general");
  const [level, setLevel] = useState(first?.level ?? 3);
  const [reason, setReason] = useState("");
  const highest = Math.max(...labels.map((one) => one.level));
  const lower = level < highest;
  const least = levels?.classes.find((one) => one.klass === klass)?.least ?? 1;
  const second = lower && highest >= (levels?.second_person_from ?? 4);
  const act = useAct("put", "/datasets/{name}/labels", {
    invalidates: ["/datasets/{name}/labels", "/datasets/{name}/labels/history"],
    success: t(second ? "labels.asked" : "labels.set"),
  });
  const send = (): void => {
    const label = { klass, level, reason };
    const columns = Object.fromEntries(labels.map((one) => [one.column, label]));
    act.mutate({ path: { name }, body: { columns } }, { onSuccess: onClose });
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Select
        label={t("class")}
        searchable
        allowDeselect={false}
        value={klass}
        data={(levels?.classes ?? []).map((one) => ({ value: one.klass, label: w(one.title) }))}
        onChange={(value) => setKlass(value ?? klass)}
      />
      <Select
        label={t("level")}
        allowDeselect={false}
        value={String(level)}
        error={level < least ? t("labels.least", { level: least }) : undefined}
        data={LEVELS.map((one) => ({ value: String(one), label: `${one} – ${meaning(one)}` }))}
        onChange={(value) => setLevel(Number(value))}
      />
      <Textarea
        label={t("reason")}
        description={lower ? t("labels.reason_needed") : undefined}
        required={lower}
        value={reason}
        maxLength={500}
        autosize
        minRows={2}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {second && <p className={styles.soft}>{t("labels.second")}</p>}
      {act.error && <Diagnostic problem={act.error} compact />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {c("cancel")}
        </Button>
        <Button type="submit" loading={act.isPending} disabled={lower && reason.trim() === ""}>
          {t("save")}
        </Button>
      </Group>
    </form>
  );
}
