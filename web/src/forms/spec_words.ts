/** What an operator and its parts are called, after its Spec. Names that no Spec explains stay as they are. */

import { useGet } from "../api/hooks";
import type { Operator } from "../api/types";
import { useW } from "../core/texts";
import { type Field, fieldsOf, type JsonSchema } from "./schema";

export interface SpecWords {
  title: string;
  role(name: string): string;
  param(name: string): string;
  option(param: string, value: unknown): string;
}

const fieldsOfSpec = (spec: Operator | undefined): Field[] =>
  spec === undefined ? [] : fieldsOf(spec.params as JsonSchema);

export function useSpecWords(): (operator: string | undefined) => SpecWords {
  const w = useW();
  const known = useGet("/operators", undefined, { staleTime: Number.POSITIVE_INFINITY }).data?.items;
  return (operator = "") => {
    const spec = known?.find((one) => one.name === operator);
    const field = (name: string): Field | undefined => fieldsOfSpec(spec).find((one) => one.name === name);
    return {
      title: w(spec?.title) || operator,
      role: (name) => w(spec?.roles.find((one) => one.name === name)?.title) || name,
      param: (name) => w(field(name)?.title) || name,
      option: (param, value) => w(field(param)?.options[String(value)]) || String(value),
    };
  };
}
