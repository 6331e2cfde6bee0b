import { expect, it } from "vitest";
import type { ApiClient } from "../../api/types";
import { bodyOf, draftOf } from "./ClientForm";
import { chosen } from "./RoleChoice";
import { browserOf } from "./Sessions";
import { groupsOf } from "./scopes";

it("an auditor has no other role", () => {
  expect(chosen(["operator"], ["operator", "auditor"])).toEqual(["auditor"]);
  expect(chosen(["auditor"], ["auditor", "operator"])).toEqual(["operator"]);
  expect(chosen(["operator", "data_owner"], ["operator"])).toEqual(["operator"]);
});

it("names browsers", () => {
  const agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
  expect(browserOf(agent)).toBe("Chrome · Linux");
  expect(browserOf("curl")).toBe("curl");
});

it("groups actions by what they are about", () => {
  const actions = ["job.read", "flow.check", "job.submit"].map((name) => ({ name, scope: true }));
  expect(groupsOf(actions).map(([area, found]) => [area, found.length])).toEqual([
    ["flow", 1],
    ["job", 2],
  ]);
});

it("a client's last day stays its last day", () => {
  const client = { note: "", scopes: [], expires_at: null, per_minute: 1, per_day: 1 } as unknown as ApiClient;
  const until = bodyOf({ ...draftOf(client), expires: "2027-12-31" }).expires_at ?? "";
  expect(draftOf({ ...client, expires_at: until }).expires).toBe("2027-12-31");
});
