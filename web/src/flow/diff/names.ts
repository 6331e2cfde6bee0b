/** What differs, in the names that people know: titles of operators, roles, ports, parameters and their options. */
import { useMemo } from "react";
import { useGet } from "../../api/hooks";
import { useFormat } from "../../core/format";
import { own } from "../../core/own";
import { useW } from "../../core/texts";
import { fieldsOfSpec } from "../defaults";
import { type Change, equal } from "../diff";
import { type FlowDoc, type FlowStep, type Json, refOf, type Specs, stepOf } from "../document";
import { flow } from "../texts";
import { differs } from "./texts";

/** The operators that this node knows. */
export function useSpecs(): Specs {
  const items = useGet("/operators", undefined, { staleTime: Number.POSITIVE_INFINITY }).data?.items;
  return useMemo(() => new Map(items?.map((spec) => [spec.name, spec])), [items]);
}

type Side = "before" | "after";

interface Names {
  operator(name: string): string;
  name(change: Change): string;
  value(change: Change, side: Side): string;
}

export function useNames(step: FlowStep, docs: Record<Side, FlowDoc>): Names {
  const t = flow.useT();
  const words = differs.useT();
  const w = useW();
  const specs = useSpecs();
  const ofParam = useParam(step, specs);
  const spec = specs.get(step.operator);
  const operator = (name: string): string => w(specs.get(name)?.title) || name;
  const missing = {
    param: words("empty"),
    seat: t("diff.nobody"),
    wire: t("diff.unconnected"),
    version: t("diff.any"),
  };
  const source = (text: string, doc: FlowDoc): string => {
    const { step: from, port } = refOf(text);
    const known = specs.get(stepOf(doc, from)?.operator ?? "")?.outputs.find(({ name }) => name === port);
    return words("source", { step: from, port: w(known?.title) || port });
  };
  return {
    operator,
    name: ({ what, name }) => {
      if (what === "param") return ofParam.title(name);
      const named = what === "seat" ? spec?.roles : spec?.inputs;
      return w(named?.find((one) => one.name === name)?.title) || name;
    },
    value: (change, side) => {
      const value = change[side];
      if (change.what === "param") return ofParam.value(change, value);
      if (value === undefined) return change.what === "operator" ? "" : missing[change.what];
      if (change.what === "operator") return operator(String(value));
      return change.what === "wire" ? source(String(value), docs[side]) : String(value);
    },
  };
}

function useParam(step: FlowStep, specs: Specs) {
  const words = differs.useT();
  const w = useW();
  const format = useFormat();
  const fields = new Map(fieldsOfSpec(specs.get(step.operator)).map((field) => [field.name, field]));
  const plain = (name: string, value: Json | undefined): string => {
    if (value === undefined || value === null || value === "") return words("empty");
    if (typeof value === "boolean") return words(value ? "on" : "off");
    if (typeof value === "number") return format.number(value, 8);
    if (typeof value === "string") return w(own(fields.get(name)?.options, value)) || value;
    if (Array.isArray(value))
      return value.length === 0 ? words("none") : value.map((one) => plain(name, one)).join(", ");
    return JSON.stringify(value);
  };
  return {
    title: (name: string): string => w(fields.get(name)?.title) || name,
    value: (change: Change, value: Json | undefined): string => {
      const text = plain(change.name, value);
      const usual = change.default !== undefined && equal(value, change.default);
      return usual ? words("default", { value: text }) : text;
    },
  };
}
