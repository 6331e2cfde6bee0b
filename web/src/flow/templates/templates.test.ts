import { describe, expect, test } from "vitest";
import type { Operator } from "../../api/types";
import operators from "../../forms/fixtures/operators.json";
import type { Json } from "../../forms/json";
import type { JsonSchema } from "../../forms/schema";
import { faultsOf } from "../../forms/validate";
import { isName, refOf, specOf, wires } from "../document";
import { fits } from "../fits";
import { type Answers, lacking, likelyKeys, TEMPLATES } from "./templates";

const specs = new Map(operators.map((spec) => [spec.name, spec as unknown as Operator]));
const answers: Answers = {
  me: "bank",
  partners: ["shop"],
  dealer: "notary",
  tables: {
    bank: { dataset: "customers", keys: ["id"], label: "paid" },
    shop: { dataset: "buyers", keys: ["id"] },
    club: { dataset: "members", keys: ["id"] },
  },
  model: "risk",
};
const answersFor = (id: string): Answers =>
  id === "many" ? { ...answers, partners: ["shop", "club"], dealer: undefined } : answers;

describe.each(TEMPLATES.filter(({ id }) => id !== "blank").map((template) => [template.id, template] as const))(
  "%s",
  (id, template) => {
    const doc = template.build(answersFor(id));

    test("has only operators, seats, wires and settings that fit", () => {
      for (const step of doc.steps) {
        const spec = specOf(specs, step);
        expect(spec, step.operator).toBeDefined();
        expect(spec?.profiles).toContain(doc.profile);
        for (const role of spec?.roles ?? []) {
          const party = step.at[role.name];
          if (!role.optional)
            expect(doc.parties[party ?? ""], `${step.id} ${role.name}`).toBe(role.dealer ? "dealer" : "data");
        }
        for (const port of spec?.inputs ?? [])
          if (!port.optional) expect(step.inputs?.[port.name], step.id).toBeDefined();
        expect(faultsOf(spec?.params as JsonSchema, step.params as Json)).toEqual([]);
      }
      for (const { from, to } of wires(doc))
        expect(fits(doc, specs, refOf(`${from.step}.${from.port}`), to)).toEqual({ ok: true, seats: {} });
    });

    test("has names that the document takes", () => {
      expect([doc.name, ...doc.steps.map((step) => step.id)].filter((name) => !isName(name))).toEqual([]);
      expect(new Set(doc.steps.map((step) => step.id)).size).toBe(doc.steps.length);
    });

    test("says what it lacks", () => {
      expect(lacking(template, answersFor(id))).toBeUndefined();
      expect(lacking(template, { ...answersFor(id), tables: {} })).toBe("dataset");
      expect(lacking(template, { ...answersFor(id), partners: [] })).toBe("partners");
    });
  },
);

test("keys are guessed from names, those of both sides first", () => {
  expect(likelyKeys(["name", "patient_id", "age"])).toEqual(["patient_id"]);
  expect(likelyKeys(["row_id", "phone"], ["phone", "price"])).toEqual(["phone"]);
  expect(likelyKeys(["a", "b"])).toEqual([]);
});
