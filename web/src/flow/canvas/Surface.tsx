/** The plane with boxes and wires, for looking and for editing. */
import {
  applyNodeChanges,
  Background,
  MiniMap,
  type NodeChange,
  ReactFlow,
  type ReactFlowProps,
  useReactFlow,
  useStore,
  useStoreApi,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { recall, remember } from "../../core/remembered";
import { makeStore, type Store } from "../../core/store";
import { BOUND, type Places } from "../commands";
import type { Point } from "../document";
import { flow } from "../texts";
import { BoxView } from "./Box";
import { isInside } from "./in_view";
import { type BoxNode, makeModel, type Picture, type WireEdge } from "./model";
import styles from "./Surface.module.css";
import { SketchContext } from "./sketch";
import { WireView } from "./Wire";

type FlowProps = ReactFlowProps<BoxNode, WireEdge>;
interface SurfaceProps extends Omit<FlowProps, "nodes" | "edges" | "onNodesChange" | "onEdgesChange" | "onSelect"> {
  picture: Picture;
  selection: readonly string[];
  onSelect: (ids: readonly string[]) => void;
  /** Ids of the chosen wires. */
  chosen?: ReadonlySet<string>;
  onMoved?: (places: Places) => void;
  /** Under which the view of this flow is remembered. */
  viewOf?: string;
  minimap?: boolean;
}

const nodeTypes = { box: BoxView };
const edgeTypes = { wire: WireView };
const NOTHING: ReadonlySet<string> = new Set();
const EXTENT: [[number, number], [number, number]] = [
  [-BOUND, -BOUND],
  [BOUND + 400, BOUND + 400],
];
const SNAP: [number, number] = [8, 8];
const MANY = 80;
const ROOMY = { width: 700, height: 450 };
const MAP_SIZE = { width: 172, height: 116 };
const FIT = { padding: 0.12, maxZoom: 1 };

export function Surface({
  picture,
  selection,
  onSelect,
  chosen = NOTHING,
  onMoved,
  viewOf,
  minimap,
  children,
  ...rest
}: SurfaceProps) {
  const [model] = useState(makeModel);
  const drawn = useMemo(() => model.boxes(picture), [model, picture]);
  const wires = useMemo(() => model.wires(picture), [model, picture]);
  const edges = useMemo(
    () => wires.map((edge) => (chosen.has(edge.id) ? { ...edge, selected: true } : edge)),
    [wires, chosen],
  );
  const [nodes, setNodes] = useState<BoxNode[]>(drawn);
  useEffect(() => setNodes((former) => joined(drawn, new Set(selection), former)), [drawn, selection]);
  const many = nodes.length > MANY;
  const labels = useLabels();
  const change = useCallback(
    (changes: NodeChange<BoxNode>[]) => {
      const moves = changes.filter((one) => one.type === "position");
      if (moves.length > 0) setNodes((former) => applyNodeChanges(moves, former));
      const next = selectedAfter(selection, changes);
      if (next !== selection) onSelect(next);
    },
    [selection, onSelect],
  );
  const [start] = useState(() => viewport(viewOf));
  const acts = useActs(onMoved, viewOf, start === undefined);
  const [sketched] = useState(() => makeStore(many && (start?.zoom ?? 0) < FAR));
  return (
    <SketchContext value={sketched}>
      <ReactFlow<BoxNode, WireEdge>
        {...rest}
        className={styles.surface}
        nodes={nodes}
        edges={edges}
        onNodesChange={change}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        {...acts}
        defaultViewport={start}
        fitView={start === undefined}
        fitViewOptions={FIT}
        minZoom={0.1}
        maxZoom={2}
        nodeExtent={EXTENT}
        snapToGrid
        snapGrid={SNAP}
        onlyRenderVisibleElements={many}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        panActivationKeyCode={null}
        zoomActivationKeyCode={null}
        zoomOnDoubleClick={false}
        elevateEdgesOnSelect={false}
        ariaLabelConfig={labels}
      >
        <Background gap={24} size={1.6} className={styles.dots} />
        <Distance many={many} sketched={sketched} />
        <StayInView />
        {minimap && <Overview />}
        {children}
      </ReactFlow>
    </SketchContext>
  );
}

type Acts = Pick<FlowProps, "onNodeDragStop" | "onSelectionDragStop" | "onMoveEnd" | "onInit">;

/** The same functions from drawing to drawing: for each new one, the library asks every box, wire and port anew. */
function useActs(onMoved: SurfaceProps["onMoved"], viewOf: string | undefined, fit: boolean): Acts {
  return useMemo(
    () => ({
      onNodeDragStop: (_, __, moved) => onMoved?.(placesOf(moved)),
      onSelectionDragStop: (_, moved) => onMoved?.(placesOf(moved)),
      onMoveEnd: (_, view) => viewOf !== undefined && remember(`view:${viewOf}`, JSON.stringify(view)),
      onInit: (canvas) => fit && void canvas.fitView(FIT),
    }),
    [onMoved, viewOf, fit],
  );
}

/** A small map, where there is room for it. */
function Overview() {
  const roomy = useStore((state) => state.width >= ROOMY.width && state.height >= ROOMY.height);
  const shown = useDeferredValue(roomy, false); // the boxes come first
  if (!shown) return null;
  return (
    <MiniMap<BoxNode>
      pannable
      zoomable
      className={styles.minimap}
      style={MAP_SIZE}
      nodeColor={mapColour}
      nodeStrokeWidth={0}
      nodeBorderRadius={24}
      bgColor="var(--surface-raised)"
      maskColor="color-mix(in srgb, var(--surface-page) 70%, transparent)"
    />
  );
}

/** A flow that was wholly in view stays so when a panel takes room. */
function StayInView() {
  const canvas = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const before = useRef({ width, height });
  useEffect(() => {
    const former = before.current;
    const now = { width, height };
    before.current = now;
    if (former.width === 0 || former.height === 0) return;
    const area = canvas.getNodesBounds(canvas.getNodes());
    const view = canvas.getViewport();
    if (isInside(area, view, former) && !isInside(area, view, now)) void canvas.fitView(FIT);
  }, [canvas, width, height]);
  return null;
}

const mapColour = (node: BoxNode): string => {
  if (node.data.problems > 0) return "var(--tone-bad-strong)";
  const [first, ...others] = new Set(Object.values(node.data.step.at));
  return others.length > 0 ? "var(--text-faint)" : `var(--party-${node.data.hues.get(first ?? "") ?? 0})`;
};

const FAR = 0.45;
const distanceOf = (zoom: number): string =>
  zoom < 0.25 ? "farthest" : zoom < FAR ? "far" : zoom < 0.7 ? "middle" : "near";

/** What is too small to read is not drawn. It is known before the boxes are drawn for a new view, so that none is drawn twice. */
function Distance({ many, sketched }: { many: boolean; sketched: Store<boolean> }) {
  const api = useStoreApi();
  useEffect(() => {
    let isPlaced = false;
    const look = ({ transform: [x, y, zoom], domNode }: ReturnType<typeof api.getState>): void => {
      isPlaced ||= x !== 0 || y !== 0 || zoom !== 1;
      if (!isPlaced) return;
      const distance = distanceOf(zoom);
      if (domNode !== null && domNode.dataset.distance !== distance) domNode.dataset.distance = distance;
      sketched.set(many && distance.startsWith("far"));
    };
    look(api.getState());
    return api.subscribe(look);
  }, [api, many, sketched]);
  return null;
}

function useLabels(): FlowProps["ariaLabelConfig"] {
  const t = flow.useT();
  const minimap = t("minimap");
  return useMemo(() => ({ "minimap.ariaLabel": minimap }), [minimap]);
}

/** The drawn boxes, with what is chosen, and with those that are being dragged where they are. */
function joined(drawn: readonly BoxNode[], selection: ReadonlySet<string>, former: BoxNode[]): BoxNode[] {
  const before = new Map(former.map((node) => [node.id, node]));
  const next = drawn.map((node) => {
    const now = before.get(node.id);
    const selected = selection.has(node.id);
    if (now?.dragging) return { ...node, selected, position: now.position, dragging: true };
    const same = now !== undefined && now.data === node.data && (now.selected ?? false) === selected;
    if (same && now.position.x === node.position.x && now.position.y === node.position.y) return now;
    return selected ? { ...node, selected } : node;
  });
  return next.length === former.length && next.every((node, place) => node === former[place]) ? former : next;
}

function selectedAfter(selection: readonly string[], changes: readonly NodeChange<BoxNode>[]): readonly string[] {
  const next = new Set(selection);
  for (const change of changes) {
    if (change.type !== "select") continue;
    if (change.selected) next.add(change.id);
    else next.delete(change.id);
  }
  const same = next.size === selection.length && selection.every((id) => next.has(id));
  return same ? selection : [...next];
}

const placesOf = (nodes: readonly BoxNode[]): Places => new Map(nodes.map((node) => [node.id, node.position] as const));

interface View extends Point {
  zoom: number;
}

function viewport(key: string | undefined): View | undefined {
  const text = key === undefined ? undefined : recall(`view:${key}`);
  if (text === undefined) return undefined;
  try {
    const { x, y, zoom } = JSON.parse(text) as View;
    return [x, y, zoom].every(Number.isFinite) && zoom > 0 ? { x, y, zoom } : undefined;
  } catch {
    return undefined;
  }
}
