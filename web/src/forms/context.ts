/** What widgets ask of their surroundings: who sits where, and what is in the catalogues. */
import type { Operator } from "../api/types";
import type { FlowDoc, FlowStep } from "../flow/document";

export interface ColumnOption {
  name: string;
  /** Such as "integer"; undefined where only the name is known. */
  type?: string;
}

export interface DatasetOption {
  name: string;
  rows?: number | null;
  description?: string | null;
  columns: ColumnOption[];
}

export interface ModelOption {
  name: string;
  /** Newest first. */
  versions: string[];
}

export interface FormContext {
  doc?: FlowDoc;
  step?: FlowStep;
  spec?: Operator;
  partyOf(role: string): string | undefined;
  /** undefined: that party's catalogue is not known here. */
  datasets(party: string): DatasetOption[] | undefined;
  /** Columns that reach the step at the party on that role; undefined: not known here. */
  columns(role: string): ColumnOption[] | undefined;
  models(): ModelOption[];
}

/** For forms outside of a flow. */
export const NO_CONTEXT: FormContext = {
  partyOf: () => undefined,
  datasets: () => undefined,
  columns: () => undefined,
  models: () => [],
};
