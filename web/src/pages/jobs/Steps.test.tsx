import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queries } from "../../api/queries";
import type { JobDetail } from "../../api/types";
import { core } from "../../core/texts";
import operators from "../../forms/fixtures/operators.json";
import { Steps } from "./Steps";
import { jobs } from "./texts";

const step = { id: "match", operator: "psi", state: "SUCCESS", attempt: 1, at: { receiver: "lab" }, parties: {} };
const job = { parties: { lab: { kind: "data" } }, steps: [step] } as unknown as JobDetail;

beforeEach(async () => {
  vi.stubGlobal("fetch", async () => Response.json({ items: operators, next: null }));
  await Promise.all([core.preload(), jobs.preload()]);
});
afterEach(() => {
  cleanup();
  queries.clear();
  vi.unstubAllGlobals();
});

test("roles are called as the operator calls them", async () => {
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <Suspense>
          <Steps job={job} spans={[]} />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>,
  );
  expect(await screen.findByText("Receiver")).toBeDefined();
  expect(screen.getByText("Private set intersection")).toBeDefined();
});
