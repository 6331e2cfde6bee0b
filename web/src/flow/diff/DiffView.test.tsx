import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { queries } from "../../api/queries";
import operators from "../../forms/fixtures/operators.json";
import { removeSteps, setParam, setParties } from "../commands";
import { joint } from "../fixtures/flows";
import { flow } from "../texts";
import { DiffView } from "./DiffView";
import { differs } from "./texts";

beforeAll(async () => {
  queries.clear();
  vi.stubGlobal("fetch", async () => Response.json({ items: operators, next: null }));
  await Promise.all([flow.preload(), differs.preload()]);
});
afterEach(cleanup);

const shown = (after: ReturnType<typeof joint>) =>
  render(
    <QueryClientProvider client={queries}>
      <Suspense>
        <DiffView before={joint()} after={after} height={0} />
      </Suspense>
    </QueryClientProvider>,
  );

it("says in words what differs", async () => {
  const parties = { ...joint().parties, bank: "data" as const };
  shown(setParties(parties)(setParam("train", ["epochs"], 9)(removeSteps(["evaluate"])(joint()))));
  expect(await screen.findByText("0 added, 1 removed, 1 changed")).toBeDefined();
  expect(screen.getByText("bank takes part now")).toBeDefined();
  expect(await screen.findByText("Epochs: 5 → 9")).toBeDefined();
  expect(screen.getByText("evaluate")).toBeDefined();
});

it("shows a default with its value and its name, and does not call it a change", async () => {
  shown(setParam("match", ["reveal"], "count")(joint()));
  expect(await screen.findByText(/^What is revealed: .+ \(default\) → Only how many$/)).toBeDefined();
  cleanup();
  shown(setParam("match", ["reveal"], "rows")(joint()));
  expect(await screen.findByText(/values that are the default anyway/)).toBeDefined();
});

it("says that nothing differs", async () => {
  shown(joint());
  expect(await screen.findByText("No difference in meaning")).toBeDefined();
});
