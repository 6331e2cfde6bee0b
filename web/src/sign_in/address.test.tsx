/** What an address says must not be what the page says. */
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { queries } from "../api/queries";
import { setLanguage } from "../core/language";
import { start } from "../core/session";
import { core } from "../core/texts";
import { SignInForms } from "./Forms";
import SignIn from "./SignIn";

beforeEach(async () => {
  setLanguage("en");
  await Promise.all([core.preload(), import("../core/errors.en.json")]);
  vi.stubGlobal("fetch", async ({ url }: Request) =>
    url.endsWith("/session") ? Response.json({ code: "auth.required" }, { status: 401 }) : Response.json({ items: [] }),
  );
  await start(); // nobody is signed in, whoever was in a test before
});
afterEach(() => {
  cleanup();
  queries.clear();
  vi.unstubAllGlobals();
  window.location.hash = "";
});

async function open(hash: string): Promise<void> {
  window.location.hash = hash;
  await act(async () => {
    render(
      <MantineProvider>
        <QueryClientProvider client={queries}>
          <SignIn />
        </QueryClientProvider>
      </MantineProvider>,
    );
  });
}

it("takes the code of a link out of the address and into the form", async () => {
  await open("#/sign-in?code=once-only&lang=en");
  expect(screen.getByDisplayValue("once-only")).toBeTruthy();
  expect(window.location.hash).toBe("#/sign-in?lang=en");
});

it("takes the code of a link that is opened on the page itself, too", async () => {
  await open("#/sign-in");
  await act(async () => {
    window.location.hash = "#/sign-in?code=once-only";
    await vi.waitFor(() => expect(window.location.href).not.toContain("once-only"));
  });
  expect(await screen.findByDisplayValue("once-only", {}, { timeout: 10_000 })).toBeTruthy();
});

async function told(error: string): Promise<string> {
  await act(async () => {
    render(
      <MantineProvider>
        <QueryClientProvider client={queries}>
          <SignInForms error={error} />
        </QueryClientProvider>
      </MantineProvider>,
    );
  });
  return (await screen.findByRole("alert", {}, { timeout: 10_000 })).textContent ?? "";
}

it("shows the meaning of a code that it knows", async () => {
  expect(await told("auth.no_role")).toContain("gives this account a role");
});

it.each(["Your account is locked. Call +1 555 0100.", "auth.call_us", "constructor"])(
  "shows nothing of any other text: %s",
  async (error) => {
    const text = await told(error);
    expect(text).not.toContain(error);
    expect(text).toContain("auth.oidc_refused");
  },
);
