import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { JobDetail } from "../../api/types";
import { start } from "../../core/session";
import { joint } from "../../flow/fixtures/flows";
import { forget, storeOf } from "../../flow/open";
import { openFlowOf } from "./mend";

const job = { id: "job-1", flow: joint(), agreement_id: "agr-1" } as unknown as JobDetail;
const draft = (id: string, document: ReturnType<typeof joint>) => ({ id, version: 3, agreement: null, document });
let drafts: ReturnType<typeof draft>[];
const made: unknown[] = [];

beforeEach(async () => {
  made.length = 0;
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    if (path === "/session") return Response.json({ name: "lin", roles: [], actions: ["flow.write"] });
    if (path === "/session/csrf") return Response.json({ user: "lin", csrf: "token" });
    if (request.method === "POST") {
      made.push(await request.json());
      return Response.json(draft("copy", joint()), { status: 201 });
    }
    const items = drafts.map(({ id, document }) => ({
      id,
      name: "joint-risk",
      steps: document.steps.length,
    }));
    if (path === "/flows") return Response.json({ items, next: null });
    return Response.json(drafts.find(({ id }) => path.endsWith(id)));
  });
  await start();
});
afterEach(() => {
  for (const id of ["kept", "copy"]) forget(id);
  vi.unstubAllGlobals();
});

test("the kept flow that still means what ran is opened, at the step that failed", async () => {
  drafts = [draft("kept", { ...joint(), title: { en: "Risk" } })];
  await openFlowOf(job, "train");
  expect(made).toEqual([]);
  expect(storeOf("kept")?.get()).toMatchObject({ selection: ["train"], drawer: "parameters", saved: "saved" });
  expect(window.location.hash).toBe("#/flows/kept");
});

test("where the kept flow was changed since, a copy of what ran is made", async () => {
  drafts = [draft("kept", { ...joint(), profile: "2pc" })];
  await openFlowOf(job, "train");
  expect(made).toEqual([{ document: JSON.parse(JSON.stringify(joint())), agreement: "agr-1" }]);
  expect(storeOf("copy")?.get().selection).toEqual(["train"]);
});
