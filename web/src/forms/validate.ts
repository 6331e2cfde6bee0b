/** Faults that can be seen without asking the node. What is not checked here, /flows/check finds. */
import { isObject, type Json } from "./json";
import { type Field, fieldsOf, type JsonSchema, settled } from "./schema";

export type FaultCode =
  | "required"
  | "type"
  | "choice"
  | "minimum"
  | "maximum"
  | "above"
  | "below"
  | "whole"
  | "too_large"
  | "min_length"
  | "max_length"
  | "min_items"
  | "max_items"
  | "pattern";

export interface Fault {
  /** Dotted, from the top of the parameters. */
  path: string;
  code: FaultCode;
  values: Record<string, string | number>;
}

export function faultsOf(schema: JsonSchema, value: Json | undefined): Fault[] {
  return fieldsOf(schema).flatMap((field) =>
    faultsOfField(field, isObject(value) ? value[field.name] : undefined, schema),
  );
}

function faultsOfField(field: Field, value: Json | undefined, root: JsonSchema): Fault[] {
  if (value === undefined) {
    return field.required ? [{ path: field.path, code: "required", values: {} }] : [];
  }
  if (value === null && field.nullable) return [];
  if (field.fields.length > 0 && isObject(value)) {
    return field.fields.flatMap((inner) => faultsOfField(inner, value[inner.name], root));
  }
  return faultsOfValue(field.schema, value, field.path, root);
}

function faultsOfValue(schema: JsonSchema, value: Json, path: string, root: JsonSchema): Fault[] {
  const fault = faultOf(schema, value);
  if (fault !== undefined) return [{ path, ...fault }];
  if (Array.isArray(value) && schema.items !== undefined) {
    const items = settled(schema.items, root).schema;
    return value.flatMap((item, place) => faultsOfValue(items, item, `${path}.${place}`, root));
  }
  if (isObject(value) && isObject(schema.additionalProperties)) {
    const inner = settled(schema.additionalProperties as JsonSchema, root).schema;
    return Object.entries(value).flatMap(([name, item]) => faultsOfValue(inner, item, `${path}.${name}`, root));
  }
  return [];
}

type Bare = Omit<Fault, "path"> | undefined;

function faultOf(schema: JsonSchema, value: Json): Bare {
  if (schema.enum !== undefined) {
    return schema.enum.includes(value) ? undefined : { code: "choice", values: { found: String(value) } };
  }
  if (typeof value === "number") return faultOfNumber(schema, value);
  if (typeof value === "string") return faultOfText(schema, value);
  if (Array.isArray(value)) return faultOfList(schema, value);
  return typeFault(schema, typeof value === "boolean" ? "boolean" : value === null ? "null" : "object");
}

const typeFault = (schema: JsonSchema, type: string): Bare =>
  schema.type === undefined || schema.type === type ? undefined : { code: "type", values: {} };

function faultOfNumber(schema: JsonSchema, value: number): Bare {
  if (schema.type !== undefined && schema.type !== "number" && schema.type !== "integer") {
    return { code: "type", values: {} };
  }
  if (schema.type === "integer" && !Number.isInteger(value)) return { code: "whole", values: {} };
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return { code: "too_large", values: {} };
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  if (minimum !== undefined && value < minimum) return { code: "minimum", values: { limit: minimum } };
  if (maximum !== undefined && value > maximum) return { code: "maximum", values: { limit: maximum } };
  if (above !== undefined && value <= above) return { code: "above", values: { limit: above } };
  if (below !== undefined && value >= below) return { code: "below", values: { limit: below } };
  return undefined;
}

function faultOfText(schema: JsonSchema, value: string): Bare {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = schema;
  const length = [...value].length;
  if (value === "" && minLength > 0) return { code: "required", values: {} };
  if (length < minLength) return { code: "min_length", values: { limit: minLength } };
  if (length > maxLength) return { code: "max_length", values: { limit: maxLength } };
  if (pattern !== undefined && !new RegExp(pattern, "u").test(value))
    return { code: "pattern", values: { found: value } };
  return typeFault(schema, "string");
}

function faultOfList(schema: JsonSchema, value: Json[]): Bare {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
  if (value.length < minItems) return { code: "min_items", values: { limit: minItems } };
  if (value.length > maxItems) return { code: "max_items", values: { limit: maxItems } };
  return typeFault(schema, "array");
}
