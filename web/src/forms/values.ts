/** Reading and writing one parameter. A value equal to its default is not in the document: the hash tells them apart. */
import { type Json, type JsonObject, same, withEntry } from "./json";
import type { Field } from "./schema";

/** What a control shows: the value in the document, or the default. */
export const shown = (field: Field, params: JsonObject): Json | undefined =>
  Object.hasOwn(params, field.name) ? params[field.name] : field.default;

/** Whether the document says something else than what would hold anyway, or says it in words. */
export const isSet = (field: Field, params: JsonObject): boolean => Object.hasOwn(params, field.name);

/** The parameters with a field changed; undefined removes it, and so does its default. */
export function changed(params: JsonObject, field: Field, value: Json | undefined): JsonObject {
  const plain = value === undefined || (field.default !== undefined && same(value, field.default));
  return withEntry(params, field.name, plain ? undefined : value);
}

/** The first value of an optional object that is switched on. */
export function firstValue(field: Field): Json {
  const { schema } = field;
  if (field.fields.length > 0) {
    const needed = field.fields.filter((inner) => inner.required);
    return Object.fromEntries(
      needed.map((inner) => [inner.name, inner.schema.examples?.[0] ?? firstValue(inner)]),
    ) as JsonObject;
  }
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.enum?.[0] !== undefined) return schema.enum[0];
  switch (schema.type) {
    case "integer":
    case "number":
      return schema.minimum ?? 0;
    case "boolean":
      return true;
    case "array":
      return [];
    case "object":
      return {};
    default:
      return "";
  }
}

/** How many entries of `params` are unknown to the form: they are shown, never dropped. */
export const strangers = (fields: Field[], params: JsonObject): string[] =>
  Object.keys(params).filter((name) => !fields.some((field) => field.name === name));
