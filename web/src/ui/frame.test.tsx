import { MantineProvider } from "@mantine/core";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { type ReactNode, Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Router } from "wouter";
import { go, queryNow, usePath, useSearchText } from "../core/location";
import { start } from "../core/session";
import { core } from "../core/texts";
import { Page } from "./Page";
import { PageTabs } from "./PageTabs";

const ANSWERS: Record<string, unknown> = {
  "/session": { name: "lin", display_name: "Lin", roles: [], actions: ["user.read"], must_change: false },
  "/session/csrf": { user: "lin", csrf: "token" },
};

beforeEach(async () => {
  vi.stubGlobal("fetch", async ({ url }: Request) =>
    Response.json(ANSWERS[new URL(url).pathname.replace("/api/v1", "")]),
  );
  await Promise.all([core.preload(), start()]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = (part: ReactNode) =>
  render(
    <MantineProvider env="test">
      <Router hook={usePath} searchHook={useSearchText}>
        <Suspense>{part}</Suspense>
      </Router>
    </MantineProvider>,
  );

test("a trail has slashes between its places only", async () => {
  const crumbs: [string, string][] = [
    ["Projects", "/projects"],
    ["Flows", "/flows"],
  ];
  show(<Page title="one" crumbs={crumbs} />);
  expect((await screen.findByRole("navigation")).textContent).toBe("Projects/Flows");
});

test("tabs are those that one may see; the first is shown where none is asked for", async () => {
  go("/settings?tab=secrets");
  const tab = (name: string, needs?: string) => ({ name, title: name, needs, content: () => <p>this is {name}</p> });
  show(<PageTabs label="all" tabs={[tab("me"), tab("users", "user.read"), tab("secrets", "vault.rotate")]} />);
  expect((await screen.findAllByRole("tab")).map((each) => each.textContent)).toEqual(["me", "users"]);
  expect(screen.getByText("this is me")).toBeDefined();
  fireEvent.click(screen.getByRole("tab", { name: "users" }));
  expect(screen.getByText("this is users")).toBeDefined();
  expect([queryNow().get("tab"), screen.queryByText("this is me")]).toEqual(["users", null]);
  fireEvent.click(screen.getByRole("tab", { name: "me" }));
  expect(queryNow().size).toBe(0);
});

test("another tab than the first may go without saying; the first then stands in the address", async () => {
  go("/jobs/job-1");
  const tab = (name: string) => ({ name, title: name, content: () => <p>this is {name}</p> });
  show(<PageTabs label="all" start="results" tabs={[tab("progress"), tab("results")]} />);
  expect(await screen.findByText("this is results")).toBeDefined();
  fireEvent.click(screen.getByRole("tab", { name: "progress" }));
  expect([queryNow().get("tab"), screen.queryByText("this is progress") !== null]).toEqual(["progress", true]);
  fireEvent.click(screen.getByRole("tab", { name: "results" }));
  expect(queryNow().size).toBe(0);
});

test("a tab says how much waits there, if anything does", async () => {
  go("/data/requests");
  const tabs = [3, 0].map((count) => ({ name: `of ${count}`, title: "Requests", count, content: () => null }));
  show(<PageTabs label="all" tabs={tabs} />);
  expect((await screen.findAllByRole("tab")).map((each) => each.textContent)).toEqual(["Requests3", "Requests"]);
});
