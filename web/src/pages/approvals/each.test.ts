import { afterEach, expect, it, vi } from "vitest";
import type { Grant } from "../../api/types";
import { decideEach } from "./each";

afterEach(() => {
  vi.unstubAllGlobals();
});

it("only what was seen is decided, each by its own name", async () => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname.split("/api/v1")[1]}`);
    const gone = request.url.includes("g-2");
    return Response.json(gone ? { code: "inbox.wrong_state", message: "" } : {}, { status: gone ? 409 : 200 });
  });
  const grants = [{ id: "g-1" }, { id: "g-2" }] as Grant[];
  expect(await decideEach("approve", grants, "fine")).toEqual({
    done: ["g-1"],
    failed: { "g-2": "inbox.wrong_state" },
  });
  await decideEach("reject", grants.slice(0, 1), "");
  expect(asked).toEqual(["POST /grants/g-1/approve", "POST /grants/g-2/approve", "POST /grants/g-1/deny"]);
});
