import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { queries } from "../api/queries";
import type { JobDetail } from "../api/types";
import { setLanguage } from "../core/language";
import { core } from "../core/texts";
import { demo } from "../demo/texts";
import { Outcome } from "./Outcome";
import type { Part, Stage } from "./stage";
import { tour } from "./texts";

const first = { name: "hospital", port: 1, code: "c" };
const stage: Stage = {
  first,
  partner: { name: "lab", port: 2, code: "c" },
  own: first,
  facts: { label: "diagnosis", alone: 0.9843, pooled: 0.9947 },
};
const at = { receiver: "hospital", sender: "lab" };
const times = { started_at: "2026-11-20T10:00:00.000Z", ended_at: "2026-11-20T10:00:03.000Z" };
const jobOf = (operator: string, label = "diagnosis") =>
  ({
    id: "job-1",
    steps: [{ id: "s", operator, at }],
    flow: { steps: [{ params: { label } }] },
    ...times,
  }) as unknown as JobDetail;

beforeEach(async () => {
  setLanguage("en");
  await Promise.all([core.preload(), tour.preload(), demo.preload()]);
});
afterEach(() => {
  cleanup();
  queries.clear();
});

function show(part: Part, job: JobDetail, report: object): string {
  queries.setQueryData(["tour", job.id, "s"], report);
  const { container } = render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <Suspense>
          <Outcome job={job} part={part} stage={stage} />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return container.textContent ?? "";
}

test("of a count nobody says that both sides know which rows they are", () => {
  const said = show("intersect", jobOf("psi"), { reveal: "count", matched: 250 });
  expect(said).toContain("250 keys in common");
  expect(said).not.toContain("know which");
});

test("of rows it says so, and of a threshold no figure", () => {
  expect(show("intersect", jobOf("psi"), { reveal: "rows", matched: 250 })).toContain("Both sides know which");
  cleanup();
  expect(show("intersect", jobOf("psi"), { reveal: "threshold", matched: 250 })).not.toContain("250");
});

test("what is known of the demo's tables stands only beside a model of them", () => {
  show("train", jobOf("evaluation.binary"), { auc: 0.99 });
  expect(screen.getByText("0.9843")).not.toBeNull();
  cleanup();
  show("train", jobOf("evaluation.binary", "churn"), { auc: 0.7 });
  expect([screen.queryByText("0.7000") === null, screen.queryByText("0.9843")]).toEqual([false, null]);
});
