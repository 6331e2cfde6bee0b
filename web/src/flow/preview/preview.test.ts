import { expect, test } from "vitest";
import type { Agreement } from "../../api/types";
import type { FlowDoc } from "../document";
import { judged, read } from "./agreements";
import { cronOf } from "./cron";
import { epsilonOf } from "./findings";

const doc: FlowDoc = {
  tacit: "1",
  name: "psi",
  profile: "2pc",
  parties: { bank: "data", shop: "data" },
  steps: [
    { id: "a", operator: "dataset.read", at: { owner: "bank" }, inputs: {}, params: { dataset: "customers" } },
    { id: "b", operator: "dataset.read", at: { owner: "shop" }, inputs: {}, params: { dataset: "buyers" } },
    { id: "m", operator: "psi", at: { receiver: "bank", sender: "shop" }, inputs: {}, params: { epsilon: 0.5 } },
  ],
};
const agreement = (change: Partial<Agreement>): Agreement =>
  ({
    id: "g",
    name: "ours",
    state: "ACTIVE",
    members: ["bank", "shop"],
    datasets: { bank: ["customers"], shop: ["buyers"] },
    operators: [],
    initiators: null,
    profiles: null,
    valid_from: null,
    valid_until: "2999-01-01T00:00:00Z",
    ...change,
  }) as unknown as Agreement;
const lack = (change: Partial<Agreement>) => judged([agreement(change)], doc, "bank")[0]?.lack?.why;

test("an agreement that covers the flow fits, and others tell why not", () => {
  expect(lack({})).toBeUndefined();
  expect(lack({ members: ["bank"] })).toBe("member");
  expect(lack({ datasets: { bank: ["customers"] } })).toBe("dataset");
  expect(lack({ operators: ["dataset.read"] })).toBe("operator");
  expect(lack({ initiators: ["shop"] })).toBe("initiator");
  expect(lack({ profiles: ["2pc-dealer"] })).toBe("profile");
  expect(lack({ valid_until: "2001-01-01T00:00:00Z" })).toBe("expired");
  expect(lack({ valid_from: "2998-01-01T00:00:00Z" })).toBe("not_yet");
});

test("a party that is named like something every object inherits brings only what is listed", () => {
  const steps = [{ id: "a", operator: "dataset.read", at: { owner: "constructor" }, params: { dataset: "customers" } }];
  const odd = { ...doc, parties: { bank: "data", constructor: "data" }, steps } as FlowDoc;
  const members = ["bank", "constructor"];
  expect(judged([agreement({ members })], odd, "bank")[0]?.lack?.why).toBe("dataset");
  const datasets = { constructor: ["customers"] };
  expect(judged([agreement({ members, datasets })], odd, "bank")[0]?.lack).toBeUndefined();
});

test("agreements that are not in force are not offered, and those that fit come first", () => {
  const list = [
    agreement({ id: "x", members: [] }),
    agreement({ id: "y", state: "TERMINATED" }),
    agreement({ id: "z" }),
  ];
  expect(judged(list, doc, "bank").map((one) => one.agreement.id)).toEqual(["z", "x"]);
});

test("the datasets of a flow and its noise are found", () => {
  expect(read(doc)).toEqual([
    { party: "bank", dataset: "customers" },
    { party: "shop", dataset: "buyers" },
  ]);
  expect(epsilonOf(doc)).toBe(0.5);
});

test("plans are written as cron", () => {
  expect(cronOf("hourly", "02:30")).toBe("0 * * * *");
  expect(cronOf("daily", "02:30")).toBe("30 2 * * *");
  expect(cronOf("weekdays", "23:05")).toBe("5 23 * * 1-5");
  expect(cronOf("monthly", "00:00")).toBe("0 0 1 * *");
});
