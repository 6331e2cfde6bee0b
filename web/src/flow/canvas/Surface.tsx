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
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { recall, remember } from "../../core/remembered";
import { BOUND, type Places } from "../commands";
import type { Point } from "../document";
import { flow } from "../texts";
import { BoxView } from "./Box";
import { isInside } from "./in_view";
import { type BoxNode, makeModel, type Picture, type WireEdge } from "./model";
import styles from "./Surface.module.css";
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
  return (
    <ReactFlow<BoxNode, WireEdge>
      {...rest}
      className={styles.surface}
      nodes={nodes}
      edges={edges}
      onNodesChange={change}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      onNodeDragStop={(_, __, moved) => onMoved?.(placesOf(moved))}
      onSelectionDragStop={(_, moved) => onMoved?.(placesOf(moved))}
      onMoveEnd={(_, view) => viewOf !== undefined && remember(`view:${viewOf}`, JSON.stringify(view))}
      defaultViewport={start}
      fitView={start === undefined}
      onInit={(canvas) => start === undefined && void canvas.fitView(FIT)}
      fitViewOptions={FIT}
      minZoom={0.1}
      maxZoom={2}
      nodeExtent={EXTENT}
      snapToGrid
      snapGrid={[8, 8]}
      onlyRenderVisibleElements={nodes.length > MANY}
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
      <Distance />
      <StayInView />
      {minimap && <Overview />}
      {children}
    </ReactFlow>
  );
}

/** A small map, where there is room for it. */
function Overview() {
  const roomy = useStore((state) => state.width >= ROOMY.width && state.height >= ROOMY.height);
  if (!roomy) return null;
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

/** What is too small to read is not drawn. */
function Distance() {
  const distance = useStore((state) =>
    state.transform[2] < 0.45 ? "far" : state.transform[2] < 0.7 ? "middle" : "near",
  );
  const api = useStoreApi();
  useEffect(() => {
    const plane = api.getState().domNode;
    if (plane !== null) plane.dataset.distance = distance;
  }, [api, distance]);
  return null;
}

function useLabels(): FlowProps["ariaLabelConfig"] {
  const t = flow.useT();
  const minimap = t("minimap");
  return useMemo(() => ({ "minimap.ariaLabel": minimap }), [minimap]);
}

/** The drawn boxes, with what is chosen, and with those that are being dragged where they are. */
function joined(drawn: readonly BoxNode[], selection: ReadonlySet<string>, former: readonly BoxNode[]): BoxNode[] {
  const before = new Map(former.map((node) => [node.id, node]));
  return drawn.map((node) => {
    const now = before.get(node.id);
    const selected = selection.has(node.id);
    if (now?.dragging) return { ...node, selected, position: now.position, dragging: true };
    const same = now !== undefined && now.data === node.data && (now.selected ?? false) === selected;
    if (same && now.position.x === node.position.x && now.position.y === node.position.y) return now;
    return selected ? { ...node, selected } : node;
  });
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
