import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Router } from "wouter";
import { credentials } from "../api/credentials";
import { queries } from "../api/queries";
import { setLanguage } from "../core/language";
import { usePath, useSearchText } from "../core/location";
import { Notes } from "../core/notify";
import { start } from "../core/session";
import { core } from "../core/texts";
import { Header } from "./Header";

const ANSWERS: Record<string, unknown> = {
  "/session": { name: "lin", display_name: "Lin", roles: [], actions: [], must_change: false },
  "/session/csrf": { user: "lin", csrf: "token" },
};

beforeEach(async () => {
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method === "DELETE") throw new TypeError("no answer");
    return Response.json(ANSWERS[new URL(request.url).pathname.replace("/api/v1", "")] ?? {});
  });
  setLanguage("en");
  await Promise.all([core.preload(), start()]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("who could not be signed out is told so", async () => {
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <Router hook={usePath} searchHook={useSearchText}>
          <Suspense>
            <Header onMenu={() => {}} menuOpen={false} />
            <Notes />
          </Suspense>
        </Router>
      </QueryClientProvider>
    </MantineProvider>,
  );
  fireEvent.click(await screen.findByRole("button", { name: /Lin/ }));
  fireEvent.click(await screen.findByRole("menuitem", { name: "Sign out" }));
  expect((await screen.findByRole("alert")).textContent).toContain("you are still signed in");
  expect(credentials.signedIn).toBe(true);
});
