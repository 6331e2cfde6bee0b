import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queries } from "../../api/queries";
import { start } from "../../core/session";
import { core } from "../../core/texts";
import { joint } from "../fixtures/flows";
import { sides } from "../sides/texts";
import { Approvals } from "./Approvals";

const doc = joint();
const [me = ""] = Object.keys(doc.parties);
let people: number;

beforeEach(async () => {
  queries.clear();
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    if (path === "/session") return Response.json({ name: "lin", roles: [], actions: ["node.read", "rule.read"] });
    if (path === "/session/csrf") return Response.json({ user: "lin", csrf: "token" });
    if (path === "/node") return Response.json({ name: me });
    return Response.json({ approved_by: null, people, level: 0 });
  });
  await Promise.all([core.preload(), sides.preload(), start()]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = () =>
  render(
    <QueryClientProvider client={queries}>
      <Suspense>
        <Approvals doc={doc} agreement={undefined} />
      </Suspense>
    </QueryClientProvider>,
  );

test("whoever sends a job has agreed by that, so only the others are waited for", async () => {
  people = 1;
  show();
  expect(await screen.findByText(/agrees by your sending it/)).toBeDefined();
});

test("where a second person is needed, that is before anything is sent", async () => {
  people = 2;
  show();
  expect(await screen.findByText(/2 people have to approve before it is sent/)).toBeDefined();
});
