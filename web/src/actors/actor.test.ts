import { expect, it } from "vitest";
import { actorOf } from "./actor";

it.each([
  ["user:li.wei", { kind: "user", name: "li.wei" }],
  ["peer:lab", { kind: "peer", name: "lab" }],
  ["rule:rule-1:2", { kind: "rule", name: "rule-1:2" }],
  ["local", { kind: "local", name: "" }],
  ["node", { kind: "node", name: "" }],
  ["li.wei", { kind: "user", name: "li.wei" }],
])("%s", (text, actor) => expect(actorOf(text)).toEqual(actor));
