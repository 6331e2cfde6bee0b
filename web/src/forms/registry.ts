/** Which control shows which value. Widgets are named by `x-widget`; the rest follows from the schema. */
import type { ComponentType } from "react";
import type { FormContext } from "./context";
import type { Json } from "./json";
import type { Field } from "./schema";

export interface WidgetProps {
  field: Field;
  /** From the document, or the default; undefined where there is neither. */
  value: Json | undefined;
  /** Whether the document says it. */
  set: boolean;
  onChange: (value: Json | undefined) => void;
  context: FormContext;
  /** The parameters beside it, for widgets that depend on another one. */
  beside: { [name: string]: Json };
  error?: string;
  /** Faults of parts of the value, by dotted path from the top. */
  errorAt: (path: string) => string | undefined;
  readOnly: boolean;
}

const named = new Map<string, ComponentType<WidgetProps>>();

export function registerWidget(name: string, widget: ComponentType<WidgetProps>): void {
  named.set(name, widget);
}

export const widgetNamed = (name: string | undefined): ComponentType<WidgetProps> | undefined =>
  name === undefined ? undefined : named.get(name);
