/** Asks before something that cannot be taken back. */
import { Button, Group, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { core } from "../core/texts";
import { Diagnostic } from "./Diagnostic";
import { Dialog } from "./Dialog";

interface ConfirmProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  text: ReactNode;
  /** On the button: the act, such as "Remove". */
  label?: string;
  danger?: boolean;
  /** Has to be typed first. */
  typeToConfirm?: string;
  /** The dialog closes when it resolves, and shows what it throws. */
  onConfirm: () => unknown;
  children?: ReactNode;
}

export function Confirm(props: ConfirmProps) {
  const { opened, onClose, title } = props;
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <Question {...props} />
    </Dialog>
  );
}

function Question({ onClose, text, label, danger, typeToConfirm, onConfirm, children }: ConfirmProps) {
  const t = core.useT();
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const act = async (): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setFault(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void act();
      }}
    >
      <div>{text}</div>
      {children}
      {typeToConfirm !== undefined && (
        <TextInput
          mt="md"
          label={t("type_to_confirm", { text: typeToConfirm })}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
        />
      )}
      {fault !== undefined && <Diagnostic problem={fault} compact />}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t("cancel")}
        </Button>
        <Button
          type="submit"
          color={danger ? "red.8" : undefined}
          loading={busy}
          disabled={typeToConfirm !== undefined && typed !== typeToConfirm}
        >
          {label ?? t("confirm")}
        </Button>
      </Group>
    </form>
  );
}
