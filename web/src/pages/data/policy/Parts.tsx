/** Parts of a clause that are there, each with a way out, and those that can come. */
import { ActionIcon, Button, Menu } from "@mantine/core";
import type { ReactNode } from "react";
import { IconX } from "../../../core/icons";
import { data } from "../texts";
import { presentIn } from "./document";
import styles from "./policy.module.css";

interface PartsProps<K extends string> {
  title: string;
  add: string;
  all: readonly K[];
  of: Partial<Record<K, unknown>>;
  nameOf: (part: K) => string;
  /** Said where there are none. */
  none?: string;
  onAdd: (part: K) => void;
  onDrop: (part: K) => void;
  children: (part: K) => ReactNode;
}

export function Parts<K extends string>({ title, add, all, of, nameOf, none, onAdd, onDrop, children }: PartsProps<K>) {
  const t = data.useT();
  const present = presentIn(all, of);
  const absent = all.filter((part) => !present.includes(part));
  return (
    <div className={styles.parts}>
      <p className={styles.partsTitle}>{title}</p>
      {present.length === 0 && none !== undefined && <p className={styles.soft}>{none}</p>}
      {present.map((part) => (
        <div key={part} className={styles.part}>
          {children(part)}
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("part.drop", { part: nameOf(part) })}
            onClick={() => onDrop(part)}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Menu>
        <Menu.Target>
          <Button variant="subtle" size="compact-sm" disabled={absent.length === 0}>
            {add}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {absent.map((part) => (
            <Menu.Item key={part} onClick={() => onAdd(part)}>
              {nameOf(part)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
