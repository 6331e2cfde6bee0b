/** What the ways to start a job share: one intention, what became of it, and the buttons that stay in view. */
import { Button, Group } from "@mantine/core";
import { type ReactNode, useMemo, useState } from "react";
import { core } from "../../core/texts";
import { Diagnostic } from "../../ui/Diagnostic";
import type { FlowDoc } from "../document";
import { sides } from "../sides/texts";
import { asked } from "./asked";
import styles from "./Preview.module.css";

export interface FormProps {
  doc: FlowDoc;
  agreement: string | undefined;
  hash: string;
  /** The choice between the ways to start. */
  choice: ReactNode;
}
export const flowOf = (doc: FlowDoc): Record<string, unknown> => doc as unknown as Record<string, unknown>;

/** Help stands below, so that the fields of a row are in one line. */
export const ORDER: ("label" | "input" | "description" | "error")[] = ["label", "input", "description", "error"];

interface Doing {
  busy: boolean;
  fault: unknown;
  run: (what: () => Promise<void>) => () => Promise<void>;
}

export function useDoing(): Doing {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const run = (what: () => Promise<void>) => async (): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      await what();
    } catch (thrown) {
      setFault(thrown);
    } finally {
      setBusy(false);
    }
  };
  return { busy, fault, run };
}

/** One key for one intention: the same flow, asked for again after a lost answer, is not run twice. */
export function useIntention(...parts: (string | undefined)[]): string {
  const text = parts.join("|");
  // biome-ignore lint/correctness/useExhaustiveDependencies: another intention has another key
  return useMemo(() => crypto.randomUUID(), [text]);
}

/** What is to be filled in. */
export function Fields({ choice, children }: { choice: ReactNode; children: ReactNode }) {
  const t = sides.useT();
  return (
    <section className={styles.act} aria-label={t("act")}>
      {choice}
      {children}
    </section>
  );
}

/** Stays in view however long the text above is, and says there what went wrong. */
export function Foot({ fault, children }: { fault: unknown; children: ReactNode }) {
  const common = core.useT();
  return (
    <div className={styles.foot}>
      {fault !== undefined && <Diagnostic problem={fault} compact />}
      <Group justify="flex-end">
        <Button variant="default" onClick={() => asked.set(undefined)}>
          {common("cancel")}
        </Button>
        {children}
      </Group>
    </div>
  );
}
