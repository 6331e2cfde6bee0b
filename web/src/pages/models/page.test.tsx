import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Router } from "wouter";
import { queries } from "../../api/queries";
import { type Language, setLanguage } from "../../core/language";
import { usePath, useSearchText } from "../../core/location";
import { start } from "../../core/session";
import { core } from "../../core/texts";
import Models from "./page";
import { models } from "./texts";

const TRAIN = { zh: "训练纵向逻辑回归", en: "Train logistic regression" };
const VERSION = { version: "1", kind: "logistic_regression", state: "draft", integrity: "intact", item: null };
const ANSWERS: Record<string, unknown> = {
  "/session": { name: "lin", display_name: "Lin", roles: [], actions: ["model.read"], must_change: false },
  "/session/csrf": { user: "lin", csrf: "token" },
  "/models": { items: [{ name: "joint", versions: [{ ...VERSION, created_at: "2026-01-01T00:00:00Z" }] }], next: null },
  "/operators": { items: [{ name: "logistic_regression.train", title: TRAIN, roles: [], params: {} }], next: null },
};

beforeEach(() => {
  window.sessionStorage.clear();
  queries.clear();
  vi.stubGlobal("fetch", async (request: Request) =>
    Response.json(ANSWERS[new URL(request.url).pathname.replace("/api/v1", "")] ?? {}),
  );
});
afterEach(async () => {
  cleanup();
  setLanguage("en");
  queries.clear();
  vi.stubGlobal("fetch", async () => Response.json({}, { status: 401 }));
  await start(); // other tests share this module: nobody is left signed in
  vi.unstubAllGlobals();
});

test.each<Language>(["en", "zh"])("a model says in %s what it is, not by a code", async (language) => {
  setLanguage(language);
  await Promise.all([core.preload(), models.preload(), start()]);
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <Router hook={usePath} searchHook={useSearchText}>
          <Suspense>
            <Models />
          </Suspense>
        </Router>
      </QueryClientProvider>
    </MantineProvider>,
  );
  await screen.findByText(TRAIN[language]);
  expect(screen.queryByText("logistic_regression")).toBeNull();
});
