/** The canvas on which a flow is made. */
import { type Connection, type OnConnectEnd, type OnConnectStart, useReactFlow, useStoreApi } from "@xyflow/react";
import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  type MouseEvent,
  useContext,
  useEffect,
  useMemo,
} from "react";
import { useStore } from "../../core/store";
import { useHues } from "../canvas/hues";
import { LitContext, litFor } from "../canvas/lit";
import type { BoxNode, Picture, WireEdge } from "../canvas/model";
import { RevealsCard, useRevealsCard } from "../canvas/RevealsCard";
import { RevealsContext } from "../canvas/reveals";
import { Surface } from "../canvas/Surface";
import type { PortRef } from "../document";
import { OPERATOR } from "../palette/Palette";
import { type End, useFlow, useFlowStore } from "../store";
import { flow } from "../texts";
import { useEditing } from "./context";
import styles from "./Editor.module.css";
import { onKey } from "./keys";

const endOf = (step: string | null, port: string | null, type: string | null): End | undefined =>
  step === null || port === null ? undefined : { step, port, side: type === "source" ? "out" : "in" };

const ends = (connection: Connection | WireEdge): { from: PortRef; to: PortRef } => ({
  from: { step: connection.source, port: connection.sourceHandle ?? "" },
  to: { step: connection.target, port: connection.targetHandle ?? "" },
});

export function EditorCanvas() {
  const t = flow.useT();
  const store = useFlowStore();
  const editing = useEditing();
  const { actions } = editing;
  const canvas = useReactFlow<BoxNode, WireEdge>();
  const picture = usePicture();
  const selection = useFlow((state) => state.selection);
  const id = useFlow((state) => state.id);
  const said = useFlow((state) => state.explained?.disclosures);
  const chosen = useStore(editing.wires);
  const { card, show } = useRevealsCard((step) => actions.open("reveals", step));
  const wiring = useWiring();
  const acts = useMemo(() => actsOf(editing), [editing]);
  const drop = (event: DragEvent): void => {
    const spec = store.get().specs.get(event.dataTransfer.getData(OPERATOR));
    if (spec === undefined) return;
    event.preventDefault();
    const at = canvas.screenToFlowPosition({ x: event.clientX - 60, y: event.clientY - 30 });
    actions.add(spec, { place: at });
    document.querySelector<HTMLElement>(`.${styles.canvas} [role=application]`)?.focus();
  };
  const clip = useClipboard();
  const count = picture.doc.steps.length;
  return (
    <RevealsContext value={show}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the canvas inside has the role */}
      <div className={styles.canvas} onDragOver={allowOperator} onDrop={drop} {...clip}>
        <Surface
          picture={picture}
          selection={selection}
          onSelect={actions.select}
          chosen={chosen}
          onMoved={actions.moved}
          viewOf={id}
          minimap
          selectionKeyCode="Shift"
          multiSelectionKeyCode={["Shift", "Control", "Meta"]}
          {...acts}
          onPaneClick={actions.clear}
          {...wiring}
          tabIndex={0}
          aria-label={t("canvas.edit", { name: picture.doc.name, count })}
          aria-describedby="canvas-keys"
          onKeyDown={(event) => {
            if (event.key === "F10" && event.shiftKey) return openMenuByKey(event, editing, selection.at(-1));
            if (!isTyping(event.target) && onKey(event, actions, store)) {
              event.preventDefault();
              event.stopPropagation();
            }
          }}
        />
        {count === 0 && <Start />}
        <RevealsCard card={card} doc={picture.doc} specs={picture.specs} said={said} />
        <p id="canvas-keys" className={styles.hidden}>
          {t("canvas.keys")}
        </p>
      </div>
    </RevealsContext>
  );
}

const actsOf = (editing: Editing) => ({
  onNodeDoubleClick: (_: unknown, node: BoxNode) => editing.actions.open("parameters", node.id),
  onNodeContextMenu: (event: MouseEvent, node: BoxNode) => openMenu(event, node.id, editing),
  onEdgeClick: (_: unknown, edge: WireEdge) => editing.wires.set(new Set([edge.id])),
  onEdgeDoubleClick: (_: unknown, edge: WireEdge) => editing.actions.disconnect(ends(edge).to),
});

function usePicture(): Picture {
  const doc = useFlow((state) => state.doc);
  const specs = useFlow((state) => state.specs);
  const problems = useFlow((state) => state.problems);
  const job = useFlow((state) => state.run);
  const diff = useFlow((state) => state.diff);
  const hues = useHues(doc);
  return useMemo(
    () => ({ doc, specs, hues, readOnly: false, problems, job, diff }),
    [doc, specs, hues, problems, job, diff],
  );
}

/** Drawing wires: what fits stays lit, a wire that ends nowhere asks what to add. */
function useWiring() {
  const store = useFlowStore();
  const { actions, question } = useEditing();
  const lit = useContext(LitContext);
  const canvas = useReactFlow<BoxNode, WireEdge>();
  const port = useFlow((state) => state.port);
  const doc = useFlow((state) => state.doc);
  const specs = useFlow((state) => state.specs);
  const api = useStoreApi();
  useEffect(() => {
    lit.set(port === undefined ? undefined : litFor(doc, specs, port));
    if (port === undefined) api.setState({ connectionClickStartHandle: null }); // else the next click would still connect
    return () => lit.set(undefined);
  }, [lit, api, port, doc, specs]);
  return useMemo(() => {
    const start: OnConnectStart = (_, { nodeId, handleId, handleType }) => {
      const end = endOf(nodeId, handleId, handleType);
      if (end !== undefined) lit.set(litFor(store.get().doc, store.get().specs, end));
    };
    const stop: OnConnectEnd = (event, { isValid, toHandle, fromHandle }) => {
      const end = endOf(fromHandle?.nodeId ?? null, fromHandle?.id ?? null, fromHandle?.type ?? null);
      lit.set(undefined);
      if (isValid || toHandle !== null || end === undefined || !(event instanceof MouseEvent)) return;
      const onPane = event.target instanceof Element && event.target.classList.contains("react-flow__pane");
      const place = canvas.screenToFlowPosition({ x: event.clientX, y: event.clientY - 90 });
      if (onPane) question.set({ kind: "add", from: end, place });
    };
    return {
      onConnectStart: start,
      onConnectEnd: stop,
      onConnect: (connection: Connection) => {
        const { from, to } = ends(connection);
        actions.connect(from, to);
      },
      onClickConnectStart: ((_, { nodeId, handleId, handleType }) =>
        store.choosePort(endOf(nodeId, handleId, handleType))) satisfies OnConnectStart,
      onClickConnectEnd: () => store.choosePort(undefined),
      isValidConnection: (connection: Connection | WireEdge) => {
        const now = lit.get();
        if (now === undefined) return true;
        const { from, to } = ends(connection);
        const other = now.from.side === "out" ? to : from;
        return now.ends.has(`${other.step}.${other.port}`);
      },
    };
  }, [store, lit, canvas, question, actions]);
}

function useClipboard() {
  const store = useFlowStore();
  const { actions } = useEditing();
  const copy = (event: ClipboardEvent): boolean => {
    const text = isTyping(event.target) ? undefined : actions.copied();
    if (text === undefined) return false;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
    return true;
  };
  return {
    onCopy: copy,
    onCut: (event: ClipboardEvent) => {
      if (copy(event) && store.get().selection.length > 0) actions.remove();
    },
    onPaste: (event: ClipboardEvent) => {
      if (!isTyping(event.target) && actions.paste(event.clipboardData.getData("text/plain"))) event.preventDefault();
    },
  };
}

type Editing = ReturnType<typeof useEditing>;

function openMenu(event: MouseEvent | globalThis.MouseEvent, step: string, { actions, question }: Editing): void {
  event.preventDefault();
  actions.select([step]);
  question.set({ kind: "menu", step, x: event.clientX, y: event.clientY });
}

function openMenuByKey(event: KeyboardEvent, { question }: Editing, step: string | undefined): void {
  event.preventDefault();
  const box = document.querySelector(`.react-flow__node.selected`)?.getBoundingClientRect();
  if (step !== undefined && box !== undefined) question.set({ kind: "menu", step, x: box.left + 20, y: box.top + 40 });
}

const isTyping = (target: EventTarget): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

function allowOperator(event: DragEvent): void {
  if (!event.dataTransfer.types.includes(OPERATOR)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
}

/** An empty canvas says how to begin. */
function Start() {
  const t = flow.useT();
  return (
    <div className={styles.start}>
      <p>{t("start.title")}</p>
      <p>{t("start.text")}</p>
    </div>
  );
}
