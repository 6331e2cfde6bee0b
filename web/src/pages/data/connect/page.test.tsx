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

const ACTIONS = [
  "source.read",
  "source.add",
  "source.test",
  "source.discover",
  "dataset.register",
  "dataset.profile",
  "agreement.read",
  "agreement.propose",
  "job.submit",
  "node.read",
];
const LAKE = { name: "lake", kind: "folder", options: { path: "/data" }, changed_at: "2026-01-01T00:00:00Z" };
const ANSWERS: Record<string, unknown> = {
  "/session": { name: "lin", display_name: "Lin", roles: ["data_owner"], actions: ACTIONS, must_change: false },
  "/session/csrf": { user: "lin", csrf: "token" },
  "/connections": { items: [LAKE] },
  "/connections/lake": LAKE,
  "/connections/lake/test": { ok: true, took_ms: 3, server: null, code: null, message: null, hint: null },
  "/connections/lake/items": { items: [{ name: "people.csv", kind: "file", format: "csv", size_bytes: 9 }] },
  "/datasets": { items: [{ name: "people" }] },
  "/node": { name: "ward" },
  "/agreements": { items: [] },
};
const GLANCE = { rows: 3, rows_estimated: 3, sample_rows: 3, method: "all", least: 10, columns: [], encoding: "utf-8" };
const UNKNOWN = { code: "dataset.encoding_unknown", message: "The encoding cannot be told.", hint: "Choose it." };
const looked = (body: { options: { encoding?: string } }): Response =>
  body.options.encoding === "utf-16" ? Response.json(UNKNOWN, { status: 422 }) : Response.json(GLANCE);

let sent: [string, unknown][] = [];

beforeEach(async () => {
  sent = [];
  Element.prototype.scrollIntoView = () => undefined; // jsdom has none
  window.sessionStorage.clear();
  queries.clear();
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    const body = request.method === "GET" ? undefined : await request.json().catch(() => undefined);
    if (request.method !== "GET") sent.push([`${request.method} ${path}`, body]);
    if (path === "/connections/lake/profile") return looked(body);
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

const toNames = async (): Promise<void> => {
  await press(/lake/);
  await press("Next");
  await press("Go on with 1");
};
const choose = async (field: string, option: string): Promise<void> => {
  fireEvent.click(await screen.findByRole("combobox", { name: field }));
  fireEvent.click(await screen.findByRole("option", { name: option, hidden: true }));
};

test("the node says what answered of a database only: a folder is there, in no time", async () => {
  shown();
  await press(/lake/);
  expect(await screen.findByText("The node can read this folder")).toBeDefined();
  expect(screen.queryByText("Answered by")).toBeNull();
  expect(screen.queryByText("Took")).toBeNull();
});

test("the encoding that the node found can be changed; what cannot be read cannot be registered", async () => {
  shown();
  await toNames();
  const field = await screen.findByRole<HTMLInputElement>("combobox", { name: "Encoding" });
  await waitFor(() => expect(field.value).toBe("UTF-8"));
  expect(screen.getByText("As the node found it")).toBeDefined();
  await choose("Encoding", "UTF-16");
  expect(await screen.findByText(/^people\.csv cannot be read like this/)).toBeDefined();
  const register = screen.getByRole("button", { name: "Register 1 dataset" });
  expect(register.hasAttribute("disabled")).toBe(true);
  await choose("Encoding", "GB18030 (GBK, GB2312)");
  await waitFor(() => expect(register.hasAttribute("disabled")).toBe(false));
  fireEvent.click(register);
  await waitFor(() => expect(sent.find(([path]) => path === "POST /datasets")).toBeDefined());
  const [, body] = sent.find(([path]) => path === "POST /datasets") ?? [];
  expect(body).toMatchObject({ object: "people.csv", format: "csv", options: { encoding: "gb18030" } });
});

test("what the node found is what is registered", async () => {
  shown();
  await toNames();
  await screen.findByText("As the node found it");
  await press("Register 1 dataset");
  await waitFor(() => expect(sent.find(([path]) => path === "POST /datasets")).toBeDefined());
  expect(sent.find(([path]) => path === "POST /datasets")?.[1]).toMatchObject({ options: { encoding: "utf-8" } });
});

/** All but the last stage was gone through. */
const finish = (): void => {
  const plan = { stage: "classify", entries: [], done: ["people-2"], connection: "lake" };
  window.sessionStorage.setItem("tacit:typed:lin:connect", JSON.stringify(plan));
};

test("a finished wizard begins anew the next time", async () => {
  finish();
  const first = shown();
  await press("Next");
  expect(await screen.findByText("1 dataset is connected")).toBeDefined();
  first.unmount();
  shown();
  expect(await screen.findByText("Known places")).toBeDefined();
  expect(screen.queryByText("1 dataset is connected")).toBeNull();
  await press(/lake/);
  expect(await screen.findByText("The node can read this folder")).toBeDefined();
});

test.each([
  ["Agree on a project", { hospital: ["people-2"], ward: ["people"] }, "Use it in a flow"],
  ["Use it in a flow", { ward: ["people-2"] }, "Agree on a project"],
])("the way on is %s where the projects have %j", async (main, datasets, other) => {
  ANSWERS["/agreements"] = { items: [{ state: "ACTIVE", datasets }] };
  finish();
  shown();
  await press("Next");
  const cards = await screen.findByText("Also possible, in any order:");
  const first = await screen.findByRole("link", { name: main });
  const second = screen.getByRole("link", { name: new RegExp(`^${other}`) });
  expect(first.compareDocumentPosition(cards)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  expect(cards.compareDocumentPosition(second)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
});
