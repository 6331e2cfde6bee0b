import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queries } from "../../api/queries";
import { start } from "../../core/session";
import { core } from "../../core/texts";
import { NEW_OFFER, type Offer } from "./offer";
import { TermsForm } from "./TermsForm";
import { market } from "./texts";

vi.setConfig({ testTimeout: 30_000 });
const SESSION = { name: "lin", display_name: "Lin", roles: ["data_owner"], actions: [], must_change: false };
const OFFER: Offer = {
  ...NEW_OFFER,
  prices: [
    { amount: "2", currency: "CNY", unit: "job" },
    { amount: "0.01", currency: "CNY", unit: "row", payer: "hospital" },
  ],
  profiles: ["2pc-dealer", "3pc"],
  jobs: "5",
  days: "30",
};

beforeEach(async () => {
  queries.clear();
  Element.prototype.scrollIntoView = vi.fn();
  // Without a layout there is nothing to compute, and working it out takes longer than everything else here.
  vi.spyOn(window, "getComputedStyle").mockImplementation((element) => (element as HTMLElement).style);
  vi.stubGlobal("fetch", async (request: Request) =>
    Response.json(request.url.endsWith("/session") ? SESSION : { user: SESSION.name, csrf: "token", items: [] }),
  );
  await Promise.all([core.preload(), market.preload(), start()]);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("who pays, by which profiles and in which time is shown and can be changed", () => {
  const set = vi.fn();
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <TermsForm offer={OFFER} set={set} wrong={false} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  const labels = [...document.querySelectorAll("label")];
  const inputs = (label: string) => labels.filter((one) => one.textContent === label).map((one) => one.control);
  const payers = inputs("Paid by") as HTMLInputElement[];
  expect(payers.map((one) => one.value)).toEqual(["the initiator of the job", "hospital"]);
  const profiles = [...document.querySelectorAll(".mantine-Pill-label")].map((one) => one.textContent);
  expect(profiles).toEqual(["two parties and a dealer (2pc-dealer)", "3pc"]);
  const [days] = inputs("In each how many days") as [HTMLInputElement];
  expect(days.value).toBe("30");
  fireEvent.change(days, { target: { value: "7" } });
  expect(set).toHaveBeenCalledWith({ days: "7" });
});
