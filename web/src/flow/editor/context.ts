/** What the parts of the editor share beside the document. */
import type { ReactFlowInstance } from "@xyflow/react";
import { createContext, useContext } from "react";
import type { Store } from "../../core/store";
import type { BoxNode, WireEdge } from "../canvas/model";
import type { Point, PortRef } from "../document";
import type { Seats } from "../fits";
import type { End } from "../store";
import type { Actions } from "./actions";

/** What is being asked of the person, over the canvas. */
export type Question =
  | { kind: "connect"; step: string }
  | { kind: "add"; from?: End; place?: Point }
  | { kind: "search" }
  | { kind: "keys" }
  | { kind: "offer"; from: PortRef; to: PortRef; seats: Seats }
  | { kind: "menu"; step: string; x: number; y: number };

export type Instance = ReactFlowInstance<BoxNode, WireEdge>;

export interface Editing {
  actions: Actions;
  question: Store<Question | undefined>;
  /** Ids of the chosen wires. */
  wires: Store<ReadonlySet<string>>;
  /** What is said to those who cannot see the canvas. */
  said: Store<string>;
}

export const EditingContext = createContext<Editing | undefined>(undefined);

export function useEditing(): Editing {
  const editing = useContext(EditingContext);
  if (editing === undefined) throw new Error("useEditing is for the parts of the editor");
  return editing;
}
