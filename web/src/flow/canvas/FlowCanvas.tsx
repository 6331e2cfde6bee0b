/** A flow to look at: in jobs, approvals, comparisons. */
import { ReactFlowProvider } from "@xyflow/react";
import { type KeyboardEvent, useMemo, useState } from "react";
import { useGet } from "../../api/hooks";
import type { FlowProblem, JobDetail, Operator } from "../../api/types";
import type { FlowDiff } from "../diff";
import { type FlowDoc, type Specs, stepOf } from "../document";
import { neighbour } from "../layout";
import { flow } from "../texts";
import { describeStep } from "./describe";
import styles from "./FlowCanvas.module.css";
import { useHues } from "./hues";
import type { Picture } from "./model";
import { RevealsCard, useRevealsCard } from "./RevealsCard";
import { RevealsContext } from "./reveals";
import { Surface } from "./Surface";
import { useWords } from "./words";

export interface FlowCanvasProps {
  doc: FlowDoc;
  /** Asked of the node if left out. */
  specs?: Specs;
  problems?: readonly FlowProblem[];
  /** Shows the state of every step. */
  job?: JobDetail;
  diff?: FlowDiff;
  readOnly?: true;
  height?: number;
  /** A step was opened, by double-click or Enter. */
  onOpen?: (step: string) => void;
}

export function FlowCanvas(props: FlowCanvasProps) {
  return (
    <ReactFlowProvider>
      <Looking {...props} />
    </ReactFlowProvider>
  );
}
export default FlowCanvas;

function Looking({ doc, specs: given, problems, job, diff, height = 420, onOpen }: FlowCanvasProps) {
  const t = flow.useT();
  const words = useWords();
  const asked = useSpecs(given === undefined);
  const specs = given ?? asked;
  const hues = useHues(doc);
  const [selection, select] = useState<readonly string[]>([]);
  const { card, show } = useRevealsCard();
  const picture = useMemo<Picture>(
    () => ({ doc, specs, hues, readOnly: true, problems, job, diff }),
    [doc, specs, hues, problems, job, diff],
  );
  const keys = (event: KeyboardEvent): void => {
    const way = ARROWS[event.key];
    const [at] = selection;
    const next = way === undefined ? undefined : at === undefined ? doc.steps[0]?.id : neighbour(doc, specs, at, way);
    if (next !== undefined) select([next]);
    if (event.key === "Enter" && at !== undefined) onOpen?.(at);
    if (way !== undefined || event.key === "Enter") event.preventDefault();
  };
  const chosen = selection[0] === undefined ? undefined : stepOf(doc, selection[0]);
  return (
    <RevealsContext value={show}>
      <div className={styles.frame} ref={(element) => element?.style.setProperty("height", `${height}px`)}>
        <Surface
          picture={picture}
          selection={selection}
          onSelect={select}
          nodesDraggable={false}
          nodesConnectable={false}
          preventScrolling={false}
          zoomOnScroll={false}
          onNodeDoubleClick={(_, node) => onOpen?.(node.id)}
          tabIndex={0}
          aria-label={t("canvas.of", { name: doc.name, count: doc.steps.length })}
          onKeyDown={keys}
        />
        <p role="status" className={styles.spoken}>
          {chosen === undefined ? "" : describeStep(chosen, specs, words)}
        </p>
        <RevealsCard card={card} doc={doc} specs={specs} />
      </div>
    </RevealsContext>
  );
}

export const ARROWS: Record<string, "left" | "right" | "up" | "down"> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

const NONE: Specs = new Map();

/** The operators that this node knows. */
export function useSpecs(enabled = true): Specs {
  const answer = useGet("/operators", undefined, { enabled, staleTime: Number.POSITIVE_INFINITY });
  const items: readonly Operator[] | undefined = answer.data?.items;
  return useMemo(() => (items === undefined ? NONE : new Map(items.map((spec) => [spec.name, spec]))), [items]);
}
