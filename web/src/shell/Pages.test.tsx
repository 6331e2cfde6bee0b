import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Router } from "wouter";
import { queries } from "../api/queries";
import { go, pathNow, usePath, useSearchText } from "../core/location";
import { start } from "../core/session";
import { core } from "../core/texts";
import { Pages } from "./Pages";

const ANSWERS: Record<string, unknown> = {
  "/session": { name: "lin", display_name: "Lin", roles: [], actions: [], must_change: false },
  "/session/csrf": { user: "lin", csrf: "token" },
};

beforeEach(async () => {
  vi.stubGlobal("fetch", async ({ url }: Request) =>
    Response.json(ANSWERS[new URL(url).pathname.replace("/api/v1", "")] ?? {}),
  );
  await Promise.all([core.preload(), start()]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const First = () => <h1>first page at {pathNow()}</h1>;

test("who is signed in goes from the sign-in page to the first page, and sees no other on the way", async () => {
  go("/sign-in");
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <Router hook={usePath} searchHook={useSearchText}>
          <Suspense>
            <Pages place={{ entry: { path: "/", load: async () => ({ default: First }) }, params: {}, path: "/" }} />
          </Suspense>
        </Router>
      </QueryClientProvider>
    </MantineProvider>,
  );
  expect((await screen.findByRole("heading")).textContent).toBe("first page at /");
});
