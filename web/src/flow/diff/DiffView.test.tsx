import { cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeAll, expect, it } from "vitest";
import { removeSteps, setParam, setParties } from "../commands";
import { joint } from "../fixtures/flows";
import { flow } from "../texts";
import { DiffView } from "./DiffView";

beforeAll(() => flow.preload());
afterEach(cleanup);

const shown = (after: ReturnType<typeof joint>) =>
  render(
    <Suspense>
      <DiffView before={joint()} after={after} height={0} />
    </Suspense>,
  );

it("says in words what differs", async () => {
  const parties = { ...joint().parties, bank: "data" as const };
  shown(setParties(parties)(setParam("train", ["epochs"], 9)(removeSteps(["evaluate"])(joint()))));
  expect(await screen.findByText("0 added, 1 removed, 1 changed")).toBeDefined();
  expect(screen.getByText("bank takes part now")).toBeDefined();
  expect(screen.getByText("epochs: 5 → 9")).toBeDefined();
  expect(screen.getByText("evaluate")).toBeDefined();
});

it("says that nothing differs", async () => {
  shown(joint());
  expect(await screen.findByText("No difference in meaning")).toBeDefined();
});
