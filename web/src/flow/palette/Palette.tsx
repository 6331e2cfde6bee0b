/** The operators that can be put on the canvas. */
import { ActionIcon, CloseButton, TextInput } from "@mantine/core";
import IconLayoutSidebarLeftCollapse from "@tabler/icons-react/dist/esm/icons/IconLayoutSidebarLeftCollapse.mjs";
import IconPlus from "@tabler/icons-react/dist/esm/icons/IconPlus.mjs";
import { type DragEvent, useContext, useState } from "react";
import type { Operator } from "../../api/types";
import { IconSearch } from "../../core/icons";
import { useStore } from "../../core/store";
import { iconOf } from "../canvas/icons";
import { LitContext } from "../canvas/lit";
import { useWords } from "../canvas/words";
import { useEditing } from "../editor/context";
import { couldJoin } from "../editor/Questions";
import { useFlow } from "../store";
import { Hidden } from "./Hidden";
import styles from "./Palette.module.css";
import { type Shelf, shelves } from "./shelves";
import { usePalette } from "./usePalette";

/** What a dragged operator bears. */
export const OPERATOR = "application/x-tacit-operator";

export function Palette({ onClose }: { onClose: () => void }) {
  const { t, w } = useWords();
  const palette = usePalette();
  const [text, setText] = useState("");
  const shown = shelves(palette.runnable, text, w);
  return (
    <section aria-label={t("palette")} className={styles.palette}>
      <div className={styles.head}>
        <h2>{t("palette")}</h2>
        <ActionIcon variant="subtle" color="gray" onClick={onClose} aria-label={t("palette.close")}>
          <IconLayoutSidebarLeftCollapse size={18} aria-hidden />
        </ActionIcon>
      </div>
      <TextInput
        size="xs"
        aria-label={t("palette.search")}
        placeholder={t("palette.search")}
        leftSection={<IconSearch size={14} aria-hidden />}
        rightSection={
          text !== "" && <CloseButton size="xs" aria-label={t("palette.clear")} onClick={() => setText("")} />
        }
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={styles.shelves}>
        {shown.map((shelf) => (
          <ShelfView key={shelf.group} shelf={shelf} />
        ))}
        {shown.length === 0 && <p className={styles.none}>{t(text === "" ? "palette.none" : "palette.not_found")}</p>}
      </div>
      <Hidden palette={palette} />
    </section>
  );
}

function ShelfView({ shelf }: { shelf: Shelf }) {
  return (
    <div className={styles.shelf}>
      <h3>{shelf.title}</h3>
      <ul>
        {shelf.specs.map((spec) => (
          <Item key={spec.name} spec={spec} />
        ))}
      </ul>
    </div>
  );
}

function Item({ spec }: { spec: Operator }) {
  const { t, w } = useWords();
  const { actions } = useEditing();
  const lit = useStore(useContext(LitContext));
  const doc = useFlow((state) => state.doc);
  const specs = useFlow((state) => state.specs);
  const port = useFlow((state) => state.port);
  const dim = lit !== undefined && !couldJoin(doc, specs, lit.from, spec.name);
  const Icon = iconOf(spec.group);
  const add = (): void => actions.add(spec, { end: dim ? undefined : port });
  const drag = (event: DragEvent): void => {
    event.dataTransfer.setData(OPERATOR, spec.name);
    event.dataTransfer.effectAllowed = "copy";
  };
  return (
    <li className={styles.item} data-dim={dim || undefined}>
      <button
        type="button"
        draggable
        className={styles.operator}
        title={w(spec.help)}
        onDragStart={drag}
        onDoubleClick={add}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          add();
        }}
      >
        <Icon size={16} stroke={1.8} aria-hidden />
        <span>{w(spec.title)}</span>
      </button>
      <button
        type="button"
        tabIndex={-1}
        className={styles.add}
        onClick={add}
        aria-label={t("palette.add", { name: w(spec.title) })}
      >
        <IconPlus size={15} aria-hidden />
      </button>
    </li>
  );
}
