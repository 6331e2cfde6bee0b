/** What parameters are where a flow says nothing of them. */
import type { Operator } from "../api/types";
import { own } from "../core/own";
import { type Field, fieldsOf, type JsonSchema } from "../forms/schema";
import type { Json } from "./document";

export type Values = Readonly<Record<string, Json | undefined>>;

/** The fields of an operator's parameters; none where it is not known here. */
export const fieldsOfSpec = (spec: Operator | undefined): Field[] =>
  spec === undefined ? [] : fieldsOf(spec.params as JsonSchema);

export function defaultsOf(spec: Operator | undefined): Values {
  return Object.fromEntries(fieldsOfSpec(spec).flatMap((field) => entryOf(field)));
}

function entryOf(field: Field): [string, Json][] {
  return field.default === undefined ? [] : [[field.name, field.default]];
}

/** The values as they count: given, or else the default; within objects too. */
export function filled(values: Values, defaults: Values): Values {
  const all: Record<string, Json | undefined> = { ...defaults, ...values };
  for (const [name, value] of Object.entries(all)) {
    const usual = own(defaults, name);
    if (isObject(value) && isObject(usual)) all[name] = filled(value, usual) as Json;
  }
  return all;
}

const isObject = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
