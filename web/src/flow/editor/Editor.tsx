/** The editor of one flow: palette, canvas or list or text, drawer, panel below. */
import { Button } from "@mantine/core";
import IconLayoutSidebarLeftExpand from "@tabler/icons-react/dist/esm/icons/IconLayoutSidebarLeftExpand.mjs";
import IconSettings from "@tabler/icons-react/dist/esm/icons/IconSettings.mjs";
import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useEffect, useMemo, useRef, useState } from "react";
import { recall, remember } from "../../core/remembered";
import { useMe } from "../../core/session";
import { makeStore, useStore } from "../../core/store";
import { useW } from "../../core/texts";
import { Page } from "../../ui/Page";
import { Party } from "../../ui/Party";
import { type Lit, LitContext } from "../canvas/lit";
import type { BoxNode, WireEdge } from "../canvas/model";
import { useWords } from "../canvas/words";
import { Palette } from "../palette/Palette";
import { Bottom, CodeView, Drawer, FileMenu, ListView, RunButton, SavedState, Sides } from "../sides";
import { sides } from "../sides/texts";
import { FlowContext, type FlowStore, useFlow } from "../store";
import { tour } from "../templates/begun";
import { flow } from "../texts";
import { makeActions } from "./actions";
import { type Editing, EditingContext, type Question, useEditing } from "./context";
import styles from "./Editor.module.css";
import { EditorCanvas } from "./EditorCanvas";
import { useReturningFocus } from "./focus";
import { Questions } from "./Questions";
import { StatusBar } from "./StatusBar";
import { Toolbar } from "./Toolbar";
import { useTop } from "./top";

// With the program, before the flow is here: an editor that waits for its texts is shown a third of a second later.
void flow.preload();
void sides.preload();

export function Editor({ store }: { store: FlowStore }) {
  const [lit] = useState(() => makeStore<Lit | undefined>(undefined));
  return (
    <FlowContext value={store}>
      <LitContext value={lit}>
        <ReactFlowProvider>
          <EditingProvider store={store} />
        </ReactFlowProvider>
      </LitContext>
    </FlowContext>
  );
}

function EditingProvider({ store }: { store: FlowStore }) {
  const canvas = useReactFlow<BoxNode, WireEdge>();
  const words = useWords();
  const me = useMe().node?.name;
  const latest = useRef({ canvas, words });
  useEffect(() => {
    latest.current = { canvas, words };
  });
  const editing = useMemo<Editing>(() => {
    const question = makeStore<Question | undefined>(undefined);
    const wires = makeStore<ReadonlySet<string>>(new Set());
    const said = makeStore("");
    const ground = {
      store,
      question,
      wires,
      said,
      me,
      words: () => latest.current.words,
      canvas: () => latest.current.canvas,
    };
    return { actions: makeActions(ground), question, wires, said };
  }, [store, me]);
  useReturningFocus(editing.question);
  useReturningFocus(tour);
  return (
    <EditingContext value={editing}>
      <Frame />
      <Questions />
      <Spoken />
    </EditingContext>
  );
}

function Frame() {
  const t = flow.useT();
  const w = useW();
  const doc = useFlow((state) => state.doc);
  const name = useFlow((state) => w(state.doc.title as never) || state.doc.name);
  return (
    <Page
      wide
      title={name}
      crumbs={[[t("title"), "/flows"]]}
      badges={
        <>
          <span className={styles.parties}>
            {Object.entries(doc.parties).map(([party, kind]) => (
              <Party key={party} name={party} kind={kind} size="sm" />
            ))}
          </span>
          <SettingsButton />
          <SavedState />
        </>
      }
      actions={
        <>
          <FileMenu />
          <RunButton />
        </>
      }
    >
      <Sides />
      <Work />
    </Page>
  );
}

function SettingsButton() {
  const t = flow.useT();
  const { actions } = useEditing();
  const open = (): void => {
    actions.clear();
    actions.open("parameters");
  };
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      color="gray"
      leftSection={<IconSettings size={15} aria-hidden />}
      onClick={open}
    >
      {t("settings.open")}
    </Button>
  );
}

function Work() {
  const view = useFlow((state) => state.view);
  const drawer = useFlow((state) => state.drawer !== undefined);
  const bottom = useFlow((state) => state.bottom !== undefined);
  const [palette, setPalette] = usePaletteOpen();
  const shown = view !== "code" && palette;
  const work = useTop();
  return (
    <div
      ref={work}
      className={styles.work}
      data-palette={shown || undefined}
      data-drawer={drawer || undefined}
      data-bottom={bottom || undefined}
    >
      <div className={styles.bar}>
        {view !== "code" && !palette && <OpenPalette onOpen={() => setPalette(true)} />}
        <Toolbar />
      </div>
      {shown && (
        <div className={styles.left}>
          <Palette onClose={() => setPalette(false)} />
        </div>
      )}
      <div className={styles.middle} data-coach="canvas">
        {view === "canvas" && <EditorCanvas />}
        {view === "list" && <ListView />}
        {view === "code" && <CodeView />}
      </div>
      {drawer && (
        <div className={styles.right}>
          <Drawer />
        </div>
      )}
      <div className={styles.below}>
        {bottom && <Bottom />}
        <StatusBar />
      </div>
    </div>
  );
}

const NARROW = 1100;

function usePaletteOpen(): [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(() => recall("palette") !== "closed" && window.innerWidth >= NARROW);
  return [
    open,
    (next) => {
      remember("palette", next ? undefined : "closed");
      setOpen(next);
    },
  ];
}

function OpenPalette({ onOpen }: { onOpen: () => void }) {
  const t = flow.useT();
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconLayoutSidebarLeftExpand size={16} aria-hidden />}
      onClick={onOpen}
    >
      {t("palette.open")}
    </Button>
  );
}

/** Says what the canvas shows. */
function Spoken() {
  const { said } = useEditing();
  return (
    <p role="status" className={styles.hidden}>
      {useStore(said)}
    </p>
  );
}
