import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queries } from "../../../api/queries";
import type { Grant } from "../../../api/types";
import { setLanguage } from "../../../core/language";
import { start } from "../../../core/session";
import { core } from "../../../core/texts";
import { data } from "../texts";
import { ByPattern } from "./ByPattern";

const ANSWERS: Record<string, unknown> = {
  "/session": { name: "lin", display_name: "Lin", roles: [], actions: ["inbox.decide"], must_change: false },
  "/session/csrf": { user: "lin", csrf: "token" },
};
const asked: string[] = [];

beforeEach(async () => {
  asked.length = 0;
  window.sessionStorage.clear();
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    if (request.method !== "GET") asked.push(path);
    return Response.json(ANSWERS[path] ?? {});
  });
  setLanguage("en");
  await Promise.all([core.preload(), data.preload(), start()]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const grant = (id: string, selector: string): Grant => ({ id, selector, peer: "lab", datasets: [selector] }) as Grant;

test("what is decided by a pattern are the requests that were seen, each by its name", async () => {
  const seen = [grant("g-1", "day_1"), grant("g-2", "day_2"), grant("g-3", "people")];
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <Suspense>
          <ByPattern grants={seen} />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>,
  );
  const [pattern] = await screen.findAllByRole("textbox");
  if (pattern === undefined) throw new Error("no field");
  fireEvent.change(pattern, { target: { value: "day_*" } });
  fireEvent.click(screen.getByRole("button", { name: /Approve/ }));
  await vi.waitFor(() => expect(asked).toEqual(["/grants/g-1/approve", "/grants/g-2/approve"]));
});
