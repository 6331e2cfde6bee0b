/** A flow from a file or from pasted text, in place of the present one. */
import { Button, FileInput, Group, Modal, Select, Textarea } from "@mantine/core";
import { useState } from "react";
import { asProblem, type Problem } from "../../api/client";
import { notify } from "../../core/notify";
import { useStore } from "../../core/store";
import { core } from "../../core/texts";
import { Diagnostic } from "../../ui/Diagnostic";
import { convertText, FORMATS, type Format, formatIn, formatOf } from "../code/convert";
import type { FlowDoc } from "../document";
import { useProblemSentence } from "../problems/sentences";
import { sides } from "../sides/texts";
import { useFlowStore } from "../store";
import { dialog } from "./dialogs";
import styles from "./Exchange.module.css";
import { LARGEST } from "./files";

export function Import() {
  const t = sides.useT();
  const common = core.useT();
  const opened = useStore(dialog) === "import";
  return (
    <Modal
      opened={opened}
      onClose={() => dialog.set(undefined)}
      size="lg"
      title={t("import")}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      {opened && <Content />}
    </Modal>
  );
}

function Content() {
  const t = sides.useT();
  const store = useFlowStore();
  const [text, setText] = useState("");
  const [format, setFormat] = useState<Format | "auto">("auto");
  const [fault, setFault] = useState<Problem>();
  const [tooLarge, setTooLarge] = useState(false);
  const [busy, setBusy] = useState(false);
  const take = async (file: File | null): Promise<void> => {
    setFault(undefined);
    setTooLarge(file !== null && file.size > LARGEST);
    if (file === null || file.size > LARGEST) return;
    setFormat(formatOf(file.name) ?? "auto");
    setText(await file.text());
  };
  const bring = async (): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      const { flow } = await convertText(text, format === "auto" ? formatIn(text) : format);
      store.run(() => flow as unknown as FlowDoc, t("undo.import"));
      store.select([]);
      dialog.set(undefined);
      notify({ tone: "ok", text: t("import.done"), undo: () => store.undo() });
    } catch (thrown) {
      setFault(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={styles.stack}>
      <p className={styles.lead}>{t("import.lead")}</p>
      <FileInput
        label={t("import.file")}
        description={t("import.file.help")}
        accept=".yaml,.yml,.json,.py"
        placeholder={t("import.choose")}
        error={tooLarge ? t("import.too_large") : undefined}
        onChange={(file) => void take(file)}
      />
      <Textarea
        label={t("import.text")}
        value={text}
        minRows={8}
        maxRows={16}
        autosize
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--font-mono)", fontSize: 13 } }}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Select
        label={t("code.format")}
        data={[
          { value: "auto", label: t("import.auto") },
          ...FORMATS.map((value) => ({ value, label: t(`code.${value}`) })),
        ]}
        value={format}
        allowDeselect={false}
        onChange={(next) => setFormat((next ?? "auto") as Format | "auto")}
        comboboxProps={{ withinPortal: true }}
      />
      {fault !== undefined && <Faults of={fault} />}
      <Group justify="flex-end">
        <Button loading={busy} disabled={text.trim() === ""} onClick={() => void bring()}>
          {t("import.bring")}
        </Button>
      </Group>
    </div>
  );
}

function Faults({ of: fault }: { of: Problem }) {
  const t = sides.useT();
  const sentence = useProblemSentence();
  const problems = fault.problems ?? [];
  if (problems.length === 0) return <Diagnostic problem={fault} compact />;
  return (
    <ul className={styles.faults} role="alert">
      {problems.map((problem, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same problem may come twice
        <li key={place}>
          {problem.line !== null && <strong>{t("code.line", { line: problem.line })} </strong>}
          {sentence(problem)}
        </li>
      ))}
    </ul>
  );
}
