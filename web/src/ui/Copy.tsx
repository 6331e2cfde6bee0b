/** Puts a text into the clipboard. */
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useState } from "react";
import { IconCheck, IconCopy } from "../core/icons";
import { core } from "../core/texts";

interface CopyProps {
  value: string;
  /** What it is, for the name of the button. */
  what?: string;
  /** Shows `what` as words instead of the icon alone. */
  label?: boolean;
}

export function Copy({ value, what, label }: CopyProps) {
  const t = core.useT();
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    if (!(await copyText(value))) return;
    setDone(true);
    window.setTimeout(() => setDone(false), 1500);
  };
  const icon = done ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />;
  if (label) {
    return (
      <Button size="compact-sm" variant="subtle" leftSection={icon} onClick={copy}>
        {done ? t("copied") : (what ?? t("copy"))}
      </Button>
    );
  }
  const name = what === undefined ? t("copy") : t("copy_what", { what });
  return (
    <Tooltip label={done ? t("copied") : name}>
      <ActionIcon variant="subtle" color="gray" size="md" aria-label={name} onClick={copy}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

/** Also where the clipboard is closed to pages without TLS. */
export async function copyText(value: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = value;
    field.setAttribute("readonly", "");
    field.style.position = "fixed";
    field.style.opacity = "0";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
