import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, configure, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Router } from "wouter";
import { queries } from "../../../api/queries";
import { usePath, useSearchText } from "../../../core/location";
import { start } from "../../../core/session";
import { core } from "../../../core/texts";
import { data } from "../texts";
import Connect from "./page";

vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 5_000 });

const ACTIONS = ["source.read", "source.add", "source.test", "source.discover", "dataset.register"];
const LAKE = { name: "lake", kind: "folder", options: { path: "/data" }, changed_at: "2026-01-01T00:00:00Z" };
const ANSWERS: Record<string, unknown> = {
  "/session": { name: "lin", display_name: "Lin", roles: ["data_owner"], actions: ACTIONS, must_change: false },
  "/session/csrf": { user: "lin", csrf: "token" },
  "/connections": { items: [LAKE] },
  "/connections/lake": LAKE,
  "/connections/lake/test": { ok: true, took_ms: 3, server: null, code: null, message: null, hint: null },
  "/connections/lake/items": { items: [{ name: "people.csv", kind: "file", format: "csv", size_bytes: 9 }] },
  "/datasets": { items: [{ name: "people" }] },
};

let sent: [string, unknown][] = [];

beforeEach(async () => {
  sent = [];
  window.sessionStorage.clear();
  queries.clear();
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    if (request.method !== "GET") sent.push([`${request.method} ${path}`, await request.json().catch(() => undefined)]);
    const known = ANSWERS[path];
    return Response.json(known ?? { code: "test.unknown", message: path }, { status: known === undefined ? 404 : 200 });
  });
  await Promise.all([core.preload(), data.preload(), start()]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const shown = () =>
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <Router hook={usePath} searchHook={useSearchText}>
          <Suspense>
            <Connect />
          </Suspense>
        </Router>
      </QueryClientProvider>
    </MantineProvider>,
  );

const press = async (name: string | RegExp): Promise<void> => {
  const button = await screen.findByRole("button", { name });
  await waitFor(() => expect(button.hasAttribute("disabled")).toBe(false));
  fireEvent.click(button);
};

test("from a known place to named datasets; what was chosen survives leaving the page", async () => {
  const first = shown();
  await press(/lake/);
  await press("Next");
  await press("Go on with 1"); // the only file there is
  const name = await screen.findByLabelText<HTMLInputElement>(/Name of the dataset/);
  expect(name.value).toBe("people-2");
  expect(document.activeElement?.contains(name)).toBe(true);
  fireEvent.change(name, { target: { value: "people" } });
  expect(await screen.findByText("A dataset has this name already.")).toBeDefined();
  expect(screen.getByRole("button", { name: "Register 1 dataset" }).hasAttribute("disabled")).toBe(true);
  first.unmount();
  shown();
  expect((await screen.findByLabelText<HTMLInputElement>(/Name of the dataset/)).value).toBe("people");
});

test("the path of a file is its folder and that file; the connection is named after the folder", async () => {
  shown();
  fireEvent.click(await screen.findByRole("radio", { name: /Folder/ }));
  fireEvent.change(await screen.findByLabelText(/Folder on the node/), { target: { value: "/ward/Own Data/a.csv" } });
  expect(screen.getByLabelText<HTMLInputElement>(/Name of the connection/).value).toBe("own-data");
  await press("Add and test");
  await waitFor(() => expect(sent.find(([path]) => path === "POST /connections")).toBeDefined());
  const [, body] = sent.find(([path]) => path === "POST /connections") ?? [];
  expect(body).toMatchObject({ name: "own-data", options: { path: "/ward/Own Data" } });
});

test("a form for a new place says what lacks", async () => {
  shown();
  fireEvent.click(await screen.findByRole("radio", { name: /PostgreSQL/ }));
  await press("Add and test");
  expect((await screen.findAllByText("This is needed.")).length).toBe(3);
});
