import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queries } from "../../api/queries";
import { start } from "../../core/session";
import { core } from "../../core/texts";
import { joint } from "../fixtures/flows";
import { Brief } from "./Brief";
import { JobPrice } from "./Price";
import { preview } from "./texts";

const prices = [{ amount: "2.50", currency: "CNY", unit: "job", payer: null }];

beforeEach(async () => {
  queries.clear();
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    if (path === "/session") return Response.json({ name: "lin", roles: [], actions: ["agreement.read"] });
    if (path === "/session/csrf") return Response.json({ user: "lin", csrf: "token" });
    return Response.json({ id: "agr-1", name: "ours", prices });
  });
  await Promise.all([core.preload(), preview.preload(), start()]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const under = { doc: joint(), agreement: "agr-1", initiator: "hospital" };

test("one line tells the size, the time, the price with who pays, and how much each learns", async () => {
  const disclosures = { hospital: ["a", "b"], lab: ["c"] };
  render(
    <QueryClientProvider client={queries}>
      <Suspense>
        <Brief {...under} forecast={{ seconds: 6, bytes_sent: 2_800_000 }} disclosures={disclosures} />
      </Suspense>
    </QueryClientProvider>,
  );
  expect(await screen.findByText("CN¥2.50, hospital pays")).toBeDefined();
  expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toEqual([
    "7 steps",
    "3 parties",
    "about 6 s",
    "2.8 MB sent",
    "CN¥2.50, hospital pays",
    "hospital learns 2 things",
    "lab learns 1 thing",
    "notary learns nothing",
  ]);
});

test("the price of a job names what it comes to, and what was agreed", async () => {
  render(
    <QueryClientProvider client={queries}>
      <Suspense>
        <JobPrice {...under} />
      </Suspense>
    </QueryClientProvider>,
  );
  expect(await screen.findByText("CN¥2.50 for this job")).toBeDefined();
  expect(screen.getByText(/CN¥2.50 per job/)).toBeDefined();
});
