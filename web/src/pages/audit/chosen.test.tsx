import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { actors } from "../../actors/texts";
import { queries } from "../../api/queries";
import { start } from "../../core/session";
import { core } from "../../core/texts";
import { Chosen } from "./Chosen";
import { choiceOf, placeOf } from "./choice";
import { audit } from "./texts";

const asked: URLSearchParams[] = [];
const entry = (number: number) => ({
  ...{ number, at: number, time: "2027-01-01T00:00:00Z", act: "job.approved", actor: "user:li", details: {} },
  ...{ subject: "job:1", previous: "0".repeat(64), hash: "1".repeat(64) },
});

beforeEach(async () => {
  queries.clear();
  asked.length = 0;
  vi.stubGlobal("fetch", async (request: Request) => {
    const url = new URL(request.url);
    const path = url.pathname.replace("/api/v1", "");
    if (path === "/session") return Response.json({ name: "lin", roles: [], actions: ["audit.read", "job.read"] });
    if (path === "/session/csrf") return Response.json({ user: "lin", csrf: "token" });
    if (path !== "/audit") return Response.json({ items: [], next: null });
    asked.push(url.searchParams);
    if (url.searchParams.get("subject") === "job:none") return Response.json({ items: [], next: null });
    const more = url.searchParams.get("cursor") === "older";
    return Response.json({ items: more ? [entry(1)] : [entry(9), entry(8)], next: more ? null : "older" });
  });
  await Promise.all([core.preload(), audit.preload(), actors.preload(), start()]);
});
afterEach(cleanup);

const shown = (by: Parameters<typeof Chosen>[0]["by"]) =>
  render(
    <MantineProvider>
      <QueryClientProvider client={queries}>
        <Suspense>
          <Chosen by={by} />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>,
  );

test("the node finds the entries, a page at a time, the newest first", async () => {
  shown({ subject: "job:1", act: "job" });
  expect(await screen.findByText(/^The newest 2 entries/)).toBeTruthy();
  expect(Object.fromEntries(asked[0] ?? [])).toEqual({ subject: "job:1", act: "job", order: "newest", limit: "500" });
  fireEvent.click(screen.getByRole("button", { name: "Show more" }));
  expect(await screen.findByText("3 entries, the newest first")).toBeTruthy();
  expect(asked[1]?.get("cursor")).toBe("older");
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
});

test("what they were chosen by is said, with the way back to everything", async () => {
  shown({ subject: "job:none", actor: "user:li" });
  expect(await screen.findByText("No entry fits")).toBeTruthy();
  await waitFor(() =>
    expect(screen.getByRole("link", { name: "Show everything" }).getAttribute("href")).toBe("/audit"),
  );
  expect(screen.getByRole("link", { name: "none" })).toBeTruthy();
});

test("a place names what it asks for, and is read as it was written", () => {
  const choice = { subject: "peer:a b&c", act: "job" };
  expect(placeOf(choice)).toBe("/audit?subject=peer%3Aa+b%26c&act=job");
  expect(choiceOf(new URLSearchParams(placeOf(choice).split("?")[1]))).toEqual(choice);
  expect(choiceOf(new URLSearchParams("subject=&tab=x"))).toBeUndefined();
  expect(placeOf({})).toBe("/audit");
});
