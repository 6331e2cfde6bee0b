/** A list to choose from by typing and arrow keys. */
import { Modal, TextInput } from "@mantine/core";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { IconSearch } from "../../core/icons";
import { core } from "../../core/texts";
import { flow } from "../texts";
import styles from "./Chooser.module.css";

export interface Choice {
  id: string;
  title: string;
  detail?: string;
  group: string;
  /** Also searched, not shown. */
  words?: string;
  sign?: ReactNode;
}

interface ChooserProps {
  title: string;
  choices: readonly Choice[];
  nothing: string;
  onPick: (id: string) => void;
  onClose: () => void;
}

export function found(choices: readonly Choice[], text: string): Choice[] {
  const wanted = text.trim().toLowerCase().split(/\s+/);
  return choices.filter(({ title, detail = "", group, words = "" }) => {
    const all = `${title} ${detail} ${group} ${words}`.toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
}

export function Chooser({ title, choices, nothing, onPick, onClose }: ChooserProps) {
  const t = flow.useT();
  const c = core.useT();
  const id = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const shown = found(choices, text);
  useEffect(() => {
    list.current?.querySelector(`[aria-selected=true]`)?.scrollIntoView({ block: "nearest" });
  });
  const pick = (choice: Choice | undefined): void => {
    if (choice === undefined) return;
    onClose();
    onPick(choice.id);
  };
  const keys = (event: KeyboardEvent): void => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined) setAt((at + move + shown.length) % Math.max(1, shown.length));
    if (event.key === "Enter") pick(shown[at]);
    if (move !== undefined || event.key === "Enter") event.preventDefault();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size="lg"
      centered={false}
      yOffset="10vh"
      closeButtonProps={{ "aria-label": c("close") }}
    >
      <TextInput
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={shown[at] && `${id}-${at}`}
        aria-label={title}
        placeholder={t("choose.placeholder")}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onKeyDown={keys}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
      />
      <div role="listbox" id={`${id}-list`} aria-label={title} className={styles.list} ref={list}>
        {shown.map((choice, place) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          <div
            key={choice.id}
            id={`${id}-${place}`}
            role="option"
            tabIndex={-1}
            aria-selected={place === at}
            className={styles.choice}
            onClick={() => pick(choice)}
            onMouseMove={() => setAt(place)}
          >
            {choice.sign !== undefined && <span className={styles.sign}>{choice.sign}</span>}
            <span className={styles.words}>
              <span>{choice.title}</span>
              {choice.detail !== undefined && <small>{choice.detail}</small>}
            </span>
            <span className={styles.group}>{choice.group}</span>
          </div>
        ))}
      </div>
      {shown.length === 0 && (
        <p className={styles.nothing}>{choices.length === 0 ? nothing : c("filter.none", { text })}</p>
      )}
      <p className={styles.hint}>{t("choose.hint")}</p>
    </Modal>
  );
}
