/** What a form needs to know of an operator's parameters, read from their JSON Schema (2020-12). */
import type { Wording } from "../api/types";
import type { Json } from "./json";

export interface JsonSchema {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  type?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: Json[];
  default?: Json;
  title?: string;
  description?: string;
  examples?: Json[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  "x-title"?: Wording;
  "x-help"?: Wording;
  "x-options"?: Record<string, Wording>;
  "x-widget"?: string;
  "x-role"?: string;
}

export interface Field {
  name: string;
  /** Dotted, from the top of the parameters. */
  path: string;
  /** Without references and without the null branch. */
  schema: JsonSchema;
  nullable: boolean;
  required: boolean;
  /** undefined: none; null is a default too. */
  default: Json | undefined;
  title: Wording;
  help: Wording | undefined;
  options: Record<string, Wording>;
  widget: string | undefined;
  role: string | undefined;
  /** Fields of an object, in order. */
  fields: Field[];
}

const bothWays = (text: string): Wording => ({ zh: text, en: text });

/** The fields of an object schema, in its order. `root` holds the definitions. */
export function fieldsOf(schema: JsonSchema, root: JsonSchema = schema, inside = ""): Field[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, property]) =>
    fieldOf(name, property, { root, required: required.has(name), path: inside === "" ? name : `${inside}.${name}` }),
  );
}

interface Place {
  root: JsonSchema;
  required: boolean;
  path: string;
}

function fieldOf(name: string, property: JsonSchema, { root, required, path }: Place): Field {
  const { schema, nullable } = settled(property, root);
  return {
    name,
    path,
    schema,
    nullable,
    required,
    default: schema.default,
    title: schema["x-title"] ?? bothWays(schema.title ?? name),
    help: schema["x-help"] ?? (schema.description === undefined ? undefined : bothWays(schema.description)),
    options: schema["x-options"] ?? {},
    widget: schema["x-widget"],
    role: schema["x-role"],
    fields: schema.properties === undefined ? [] : fieldsOf(schema, root, path),
  };
}

/** Without `$ref` and without the null of `anyOf [X, null]`; what stands outside wins over what stands inside. */
export function settled(schema: JsonSchema, root: JsonSchema): { schema: JsonSchema; nullable: boolean } {
  if (schema.$ref !== undefined) {
    const { $ref, ...outer } = schema;
    return settled({ ...definitionOf($ref, root), ...outer }, root);
  }
  const branches = schema.anyOf;
  if (branches === undefined) return { schema: withItems(schema, root), nullable: schema.type === "null" };
  const [only, ...others] = branches.filter((branch) => branch.type !== "null");
  const nullable = branches.some((branch) => branch.type === "null");
  if (only === undefined || others.length > 0) return { schema, nullable };
  const { anyOf: _, ...outer } = schema;
  const inner = settled(only, root);
  return { schema: { ...inner.schema, ...outer }, nullable: nullable || inner.nullable };
}

function withItems(schema: JsonSchema, root: JsonSchema): JsonSchema {
  if (schema.items === undefined) return schema;
  return { ...schema, items: settled(schema.items, root).schema };
}

function definitionOf(reference: string, root: JsonSchema): JsonSchema {
  return root.$defs?.[reference.replace("#/$defs/", "")] ?? {};
}

export type Shape = "choice" | "switch" | "number" | "text" | "choices" | "words" | "word_lists" | "object" | "json";

/** What kind of control a value needs, where no widget is named. */
export function shapeOf(schema: JsonSchema): Shape {
  if (schema.enum !== undefined) return "choice";
  if (schema.type === "boolean") return "switch";
  if (schema.type === "integer" || schema.type === "number") return "number";
  if (schema.type === "string") return "text";
  if (schema.type === "object" && schema.properties !== undefined) return "object";
  if (schema.type !== "array" || schema.items === undefined) return "json";
  return listShape(schema.items);
}

function listShape(items: JsonSchema): Shape {
  if (items.enum !== undefined) return "choices";
  if (items.type === "string") return "words";
  return items.type === "array" && items.items?.type === "string" ? "word_lists" : "json";
}

/** The texts that a pattern such as `^(trim|lower|id_cn)$` names in full; patterns within it are left out. */
export function wordsIn(pattern: string | undefined): string[] {
  const inner = /^\^\(([^()]*)\)\$$/.exec(pattern ?? "")?.[1];
  return inner === undefined ? [] : inner.split("|").filter((word) => /^[\w-]+$/.test(word));
}

/** Whether leaving a nullable field empty says null, so that no switch is needed. */
export function emptyIsNull(field: Field): boolean {
  const shape = shapeOf(field.schema);
  return (
    field.nullable && (field.default ?? null) === null && shape !== "object" && shape !== "json" && shape !== "switch"
  );
}
