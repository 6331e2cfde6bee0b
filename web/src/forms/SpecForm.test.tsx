import { MantineProvider } from "@mantine/core";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { core } from "../core/texts";
import type { FormContext } from "./context";
import operators from "./fixtures/operators.json";
import type { JsonObject } from "./json";
import { SpecForm } from "./SpecForm";
import type { JsonSchema } from "./schema";
import { forms } from "./texts";

const operator = (name: string) => operators.find((known) => known.name === name);
const context = (name: string): FormContext => ({
  spec: operator(name) as unknown as FormContext["spec"],
  partyOf: (role) =>
    ({ owner: "bank", receiver: "bank", sender: "shop", first: "bank", second: "shop", label: "bank" })[role],
  datasets: (party) =>
    party === "bank" ? [{ name: "customers", rows: 4000, columns: [{ name: "id", type: "text" }] }] : undefined,
  columns: (role) =>
    role === "sender" || role === "second"
      ? undefined
      : [
          { name: "id", type: "text" },
          { name: "age", type: "integer" },
        ],
  models: () => [{ name: "risk", versions: ["2", "1"] }],
});

let now: JsonObject;
function Held({ name, first }: { name: string; first: JsonObject }) {
  const [value, setValue] = useState(first);
  now = value;
  return (
    <SpecForm
      schema={operator(name)?.params as unknown as JsonSchema}
      value={value}
      onChange={setValue}
      context={context(name)}
    />
  );
}
function show(name: string, first: JsonObject = {}): void {
  now = first;
  render(
    <MantineProvider env="test">
      <Held name={name} first={first} />
    </MantineProvider>,
  );
}

vi.setConfig({ testTimeout: 30_000 });
/** By name or text; asking by role takes seconds in so large a form. */
function button(name: RegExp): HTMLElement {
  const all = [...document.querySelectorAll<HTMLElement>("button")];
  const found = all.find((one) => name.test(one.getAttribute("aria-label") ?? one.textContent ?? ""));
  if (found === undefined) throw new Error(`no button ${name}`);
  return found;
}
/** By its label; `getByLabelText` looks at every element. */
function control(name: RegExp): HTMLElement {
  const labels = [...document.querySelectorAll("label")].filter((one) => name.test(one.textContent.trim()));
  const found = labels.map((one) => one.control).filter((one) => one?.matches("input:not([type=hidden]),textarea"));
  if (found.length !== 1 || found[0] == null) throw new Error(`${found.length} controls ${name}`);
  return found[0];
}

const done = (what: () => unknown): Promise<void> =>
  act(async () => {
    what();
  });

beforeAll(async () => {
  await core.preload();
  await forms.preload();
  Element.prototype.scrollIntoView = vi.fn();
  // Without a layout there is nothing to compute, and working it out takes longer than everything else here.
  vi.spyOn(window, "getComputedStyle").mockImplementation((element) => (element as HTMLElement).style);
});
afterAll(() => vi.restoreAllMocks());
afterEach(cleanup);

test.each(["dataset.read", "stats.joint", "model.load", "psi"])(
  "%s has a form with a label on every control",
  (name) => {
    show(name);
    for (const more of document.querySelectorAll(`button[aria-expanded="false"][aria-controls]`)) fireEvent.click(more);
    for (const control of document.querySelectorAll("input:not([type=hidden]),textarea,select")) {
      const { id } = control;
      const labelled = control.getAttribute("aria-label") ?? document.querySelector(`label[for="${id}"]`)?.textContent;
      expect(labelled ?? control.closest("label")?.textContent, control.outerHTML).toBeTruthy();
    }
  },
);

test("a number is written, and its default is not", async () => {
  show("logistic_regression.train", { epochs: 5 });
  const field = control(/^Epochs/);
  await done(() => fireEvent.change(field, { target: { value: "7" } }));
  expect(now).toEqual({ epochs: 7 });
  await done(() => fireEvent.change(field, { target: { value: "10" } }));
  expect(now).toEqual({});
});

test("a number out of its limits is kept and explained", async () => {
  show("table.split");
  await done(() => fireEvent.change(control(/^Test fraction/), { target: { value: "2" } }));
  expect(now).toEqual({ test_fraction: 2 });
  expect(screen.getByText("Less than 1.")).toBeTruthy();
});

test("a choice is made among its options", async () => {
  show("psi");
  await done(() => fireEvent.click(control(/^Only how many/)));
  expect(now).toEqual({ reveal: "count" });
  await done(() => fireEvent.click(button(/^Set What is revealed back/)));
  expect(now).toEqual({});
});

test("some of several are kept in the declared order", async () => {
  show("stats.joint", { measures: ["variance"] });
  await done(() => fireEvent.click(control(/^Count/)));
  expect(now).toEqual({ measures: ["count", "variance"] });
});

test("an optional object is switched on with its examples", async () => {
  show("logistic_regression.train");
  await done(() => fireEvent.click(control(/Early stopping/)));
  expect(now).toEqual({ early_stop: { patience: 3, tolerance: 0.0001 } });
  await done(() => fireEvent.click(control(/Early stopping/)));
  expect(now).toEqual({});
});

test("columns are added, moved and removed by buttons", async () => {
  show("dataset.read", { dataset: "customers", keys: ["id"] });
  const add = control(/^Key columns/);
  await done(() => fireEvent.change(add, { target: { value: "age" } }));
  await done(() => fireEvent.keyDown(add, { key: "Enter" }));
  expect(now.keys).toEqual(["id", "age"]);
  await done(() => fireEvent.click(button(/^Move age up$/)));
  expect(now.keys).toEqual(["age", "id"]);
  await done(() => fireEvent.click(button(/^Remove id$/)));
  await done(() => fireEvent.click(button(/^Remove age$/)));
  expect(now).toEqual({ dataset: "customers" });
});

test("a dataset that the catalogue lacks is said to be missing", async () => {
  show("dataset.read", { dataset: "nothing" });
  expect(screen.getByText(/bank has no dataset of this name/)).toBeTruthy();
});

test("lists of rules are made column by column", async () => {
  show("psi");
  await done(() => fireEvent.click(button(/^Add rules for another column$/)));
  expect(now).toEqual({ normalise: [[]] });
  await done(() => fireEvent.click(button(/^Remove the rules for column 1$/)));
  expect(now).toEqual({});
});

test("columns by role name the party", async () => {
  show("stats.joint");
  expect(control(/^First party · bank/)).toBeTruthy();
});

test("what the operator does not know is shown and can be removed", async () => {
  show("psi", { colour: "red" });
  await done(() => fireEvent.click(button(/^Remove colour$/)));
  expect(now).toEqual({});
});

test("a value of unknown form is written as JSON", async () => {
  const schema: JsonSchema = { type: "object", properties: { odd: { title: "Odd" } } };
  const onChange = vi.fn();
  render(
    <MantineProvider env="test">
      <SpecForm schema={schema} value={{}} onChange={onChange} context={context("psi")} />
    </MantineProvider>,
  );
  const field = control(/^Odd/);
  await done(() => fireEvent.change(field, { target: { value: "[1," } }));
  expect(onChange).not.toHaveBeenCalled();
  await done(() => fireEvent.change(field, { target: { value: "[1, 2]" } }));
  expect(onChange).toHaveBeenCalledWith({ odd: [1, 2] }, "odd");
});
