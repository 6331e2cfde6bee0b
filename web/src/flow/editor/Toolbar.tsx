/** The acts of the editor as buttons. */
import { ActionIcon, Menu, SegmentedControl, Tooltip } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import IconArrowBackUp from "@tabler/icons-react/dist/esm/icons/IconArrowBackUp.mjs";
import IconArrowForwardUp from "@tabler/icons-react/dist/esm/icons/IconArrowForwardUp.mjs";
import IconBinaryTree2 from "@tabler/icons-react/dist/esm/icons/IconBinaryTree2.mjs";
import IconCopy from "@tabler/icons-react/dist/esm/icons/IconCopy.mjs";
import IconCopyPlus from "@tabler/icons-react/dist/esm/icons/IconCopyPlus.mjs";
import IconKeyboard from "@tabler/icons-react/dist/esm/icons/IconKeyboard.mjs";
import IconLayoutAlignLeft from "@tabler/icons-react/dist/esm/icons/IconLayoutAlignLeft.mjs";
import IconMaximize from "@tabler/icons-react/dist/esm/icons/IconMaximize.mjs";
import IconPlugConnected from "@tabler/icons-react/dist/esm/icons/IconPlugConnected.mjs";
import IconSearch from "@tabler/icons-react/dist/esm/icons/IconSearch.mjs";
import IconTrash from "@tabler/icons-react/dist/esm/icons/IconTrash.mjs";
import IconZoomIn from "@tabler/icons-react/dist/esm/icons/IconZoomIn.mjs";
import IconZoomOut from "@tabler/icons-react/dist/esm/icons/IconZoomOut.mjs";
import { useStore } from "../../core/store";
import { useFlow, useFlowStore, type View } from "../store";
import { flow } from "../texts";
import { useEditing } from "./context";
import styles from "./Editor.module.css";

interface ToolProps {
  label: string;
  icon: Icon;
  keys?: string;
  disabled?: boolean;
  onClick: () => void;
}

function Tool({ label, icon: Sign, keys, disabled, onClick }: ToolProps) {
  return (
    <Tooltip label={keys === undefined ? label : `${label} · ${keys}`}>
      <ActionIcon variant="subtle" color="gray" size={32} aria-label={label} disabled={disabled} onClick={onClick}>
        <Sign size={18} stroke={1.8} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

export function Toolbar() {
  const t = flow.useT();
  const view = useFlow((state) => state.view);
  return (
    <div className={styles.toolbar} role="toolbar" aria-label={t("toolbar")}>
      <Views />
      <History />
      {view !== "code" && <Steps />}
      {view === "canvas" && <Arranging />}
      {view === "canvas" && <Looking />}
    </div>
  );
}

const VIEWS: readonly View[] = ["canvas", "list", "code"];

function Views() {
  const t = flow.useT();
  const store = useFlowStore();
  const view = useFlow((state) => state.view);
  return (
    <SegmentedControl
      size="xs"
      data-coach="text"
      aria-label={t("view")}
      value={view}
      onChange={(next) => store.put({ view: next as View })}
      data={VIEWS.map((value) => ({ value, label: t(`view.${value}`) }))}
    />
  );
}

function History() {
  const t = flow.useT();
  const { actions } = useEditing();
  const [undoes, redoes] = [useFlow((state) => state.undoes), useFlow((state) => state.redoes)];
  const undo = undoes === undefined ? t("undo") : t("undo.what", { what: undoes });
  const redo = redoes === undefined ? t("redo") : t("redo.what", { what: redoes });
  return (
    <span className={styles.tools}>
      <Tool icon={IconArrowBackUp} label={undo} keys="Ctrl Z" disabled={undoes === undefined} onClick={actions.undo} />
      <Tool
        icon={IconArrowForwardUp}
        label={redo}
        keys="Ctrl Y"
        disabled={redoes === undefined}
        onClick={actions.redo}
      />
    </span>
  );
}

function Steps() {
  const t = flow.useT();
  const { actions, wires } = useEditing();
  const selection = useFlow((state) => state.selection);
  const wired = useStore(wires).size > 0;
  const [first] = selection;
  const none = first === undefined;
  const connect = (): void => actions.ask({ kind: "connect", step: first ?? "" });
  return (
    <span className={styles.tools}>
      <Tool
        icon={IconPlugConnected}
        label={t("tool.connect")}
        keys="C"
        disabled={selection.length !== 1}
        onClick={connect}
      />
      <Tool icon={IconCopy} label={t("tool.copy")} keys="Ctrl C" disabled={none} onClick={() => void actions.copy()} />
      <Tool icon={IconCopyPlus} label={t("tool.duplicate")} keys="Ctrl D" disabled={none} onClick={actions.duplicate} />
      <Tool
        icon={IconTrash}
        label={t("tool.remove")}
        keys="Delete"
        disabled={none && !wired}
        onClick={actions.remove}
      />
    </span>
  );
}

const SIDES = ["left", "centre", "right", "top", "middle", "bottom"] as const;

function Arranging() {
  const t = flow.useT();
  const { actions } = useEditing();
  const chosen = useFlow((state) => state.selection.length);
  return (
    <span className={styles.tools}>
      <Tool icon={IconBinaryTree2} label={t("tool.tidy")} keys="T" onClick={actions.tidy} />
      <Menu position="bottom-start">
        <Menu.Target>
          <Tooltip label={t("tool.align")}>
            <ActionIcon variant="subtle" color="gray" size={32} aria-label={t("tool.align")} disabled={chosen < 2}>
              <IconLayoutAlignLeft size={18} stroke={1.8} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          {SIDES.map((side) => (
            <Menu.Item key={side} onClick={() => actions.align(side)}>
              {t(`align.${side}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item disabled={chosen < 3} onClick={() => actions.distribute("across")}>
            {t("align.across")}
          </Menu.Item>
          <Menu.Item disabled={chosen < 3} onClick={() => actions.distribute("down")}>
            {t("align.down")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}

function Looking() {
  const t = flow.useT();
  const { actions } = useEditing();
  return (
    <span className={styles.tools}>
      <Tool icon={IconSearch} label={t("tool.search")} keys="/" onClick={() => actions.ask({ kind: "search" })} />
      <Tool icon={IconZoomOut} label={t("tool.zoom_out")} keys="−" onClick={actions.zoomOut} />
      <Tool icon={IconZoomIn} label={t("tool.zoom_in")} keys="+" onClick={actions.zoomIn} />
      <Tool icon={IconMaximize} label={t("tool.fit")} keys="F" onClick={actions.fit} />
      <Tool icon={IconKeyboard} label={t("tool.keys")} keys="?" onClick={() => actions.ask({ kind: "keys" })} />
    </span>
  );
}
