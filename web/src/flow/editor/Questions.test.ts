// @vitest-environment jsdom
import { expect, it } from "vitest";
import { disconnect } from "../commands";
import { joint, specs } from "../fixtures/flows";
import { found } from "./Chooser";
import { connections, couldJoin } from "./Questions";

const words = { t: (key: string) => key, w: (text: { en: string } | null | undefined) => text?.en ?? "" };

it("offers every wire that the step could have, free inputs first", () => {
  const doc = disconnect({ step: "split", port: "aligned" })(joint());
  const offered = connections(doc, specs, "match", words).map((choice) => choice.id);
  expect(offered[0]).toBe("match.aligned split.aligned");
  expect(offered).not.toContain("rows.table match.receiver");
});

it("knows what could join a port", () => {
  const out = { step: "rows", port: "table", side: "out" } as const;
  expect(couldJoin(joint(), specs, out, "psi")).toBe(true);
  expect(couldJoin(joint(), specs, out, "model.save")).toBe(false);
  expect(couldJoin(joint(), specs, { step: "save", port: "model", side: "in" }, "psi")).toBe(false);
});

it("finds choices by every word", () => {
  const choices = [{ id: "1", title: "Joint statistics", group: "Statistics" }];
  expect(found(choices, "stat joint")).toHaveLength(1);
  expect(found(choices, "stat psi")).toHaveLength(0);
});
