import { MantineProvider } from "@mantine/core";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Operator } from "../../api/types";
import { setLanguage } from "../../core/language";
import { recall } from "../../core/remembered";
import { core } from "../../core/texts";
import operators from "../../forms/fixtures/operators.json";
import { sides } from "../sides/texts";
import { FlowContext, makeFlowStore } from "../store";
import { Coach, startTour } from "./Coach";
import { templateNamed } from "./templates";

const tables = { bank: { dataset: "a", keys: ["id"] }, shop: { dataset: "b", keys: ["id"] } };
const document_ = templateNamed("psi_count")?.build({ me: "bank", partners: ["shop"], tables });

beforeEach(async () => {
  setLanguage("en");
  window.localStorage.clear();
  await Promise.all([core.preload(), sides.preload()]);
  if (document_ === undefined) throw new Error("no template");
  const store = makeFlowStore({ document: document_ });
  store.put({ specs: new Map(operators.map((spec) => [spec.name, spec as unknown as Operator])) });
  await act(async () => {
    render(
      <MantineProvider env="test">
        <FlowContext value={store}>
          <Suspense>
            <div data-coach="canvas">canvas</div>
            <button type="button" data-coach="run">
              Run…
            </button>
            <Coach />
          </Suspense>
        </FlowContext>
      </MantineProvider>,
    );
  });
  await act(async () => startTour("psi_count"));
});
afterEach(cleanup);

const card = () => screen.queryByRole("dialog", { name: "Your flow" });

test("it names the box by its title, not by its place, and comes once for each template", () => {
  expect(card()?.textContent).toContain("what the box “Private set intersection” reveals");
  expect(recall("toured:psi_count")).toBe("1");
});

test("looking at what a mark is about keeps it; anything else ends it", async () => {
  fireEvent.pointerDown(screen.getByText("canvas"));
  expect(card()).not.toBeNull();
  fireEvent.pointerDown(screen.getByText("Run…"));
  expect(card()).toBeNull();
});

test("a dialog that opens, by a key or a click, ends it", async () => {
  const dialog = document.createElement("div");
  dialog.setAttribute("role", "dialog");
  dialog.setAttribute("aria-modal", "true");
  await act(async () => {
    document.body.append(dialog);
    await Promise.resolve();
  });
  expect(card()).toBeNull();
  dialog.remove();
});
