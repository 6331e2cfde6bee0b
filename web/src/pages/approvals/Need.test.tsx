import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queries } from "../../api/queries";
import type { InboxItem } from "../../api/types";
import { start } from "../../core/session";
import { core } from "../../core/texts";
import { People } from "./Need";
import { approvals } from "./texts";

let roles: string[];

beforeEach(() => {
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    if (path === "/session") return Response.json({ name: "lin", roles, actions: [] });
    return Response.json({ user: "lin", csrf: "token" });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function said(obstacle: string | null): Promise<string | null> {
  await Promise.all([core.preload(), approvals.preload(), start()]);
  const item = { needed: 1, missing: { people: 1, compliance_officer: true }, obstacle } as unknown as InboxItem;
  render(
    <QueryClientProvider client={queries}>
      <Suspense>
        <People item={item} />
      </Suspense>
    </QueryClientProvider>,
  );
  return (await screen.findByText(/^one approval needed/)).textContent;
}

test("whoever is the compliance officer that is needed is told so, and others are told who is", async () => {
  roles = ["compliance_officer"];
  expect(await said(null)).toBe("one approval needed; you may approve, as a compliance officer");
  cleanup();
  expect(await said("signoff.voted_already")).toBe("one approval needed; a compliance officer is still needed");
  cleanup();
  roles = ["data_owner"];
  expect(await said(null)).toBe("one approval needed; a compliance officer is still needed");
});
