/** Which agreements a flow could run under: the rules of the node, told before it is asked. */
import type { Agreement, Operator } from "../../api/types";
import { own } from "../../core/own";
import type { FlowDoc } from "../document";

export type Lack = "member" | "dataset" | "operator" | "initiator" | "profile" | "expired" | "not_yet";

export interface Judged {
  agreement: Agreement;
  /** What it does not cover, with a name; undefined: it fits. */
  lack?: { why: Lack; what: string };
}

/** The agreements in force, those that fit first. */
export function judged(
  agreements: readonly Agreement[],
  doc: FlowDoc,
  me: string | undefined,
  now = Date.now(),
): Judged[] {
  const active = agreements.filter((agreement) => agreement.state === "ACTIVE");
  const all = active.map((agreement) => ({ agreement, lack: lackOf(agreement, doc, me, now) }));
  return [...all.filter(({ lack }) => lack === undefined), ...all.filter(({ lack }) => lack !== undefined)];
}

function lackOf(agreement: Agreement, doc: FlowDoc, me: string | undefined, now: number): Judged["lack"] {
  if (Date.parse(agreement.valid_until) < now) return { why: "expired", what: agreement.valid_until };
  if (agreement.valid_from !== null && Date.parse(agreement.valid_from) > now) {
    return { why: "not_yet", what: agreement.valid_from };
  }
  const stranger = Object.keys(doc.parties).find((party) => !agreement.members.includes(party));
  if (stranger !== undefined) return { why: "member", what: stranger };
  const unlisted = read(doc).find(({ party, dataset }) => !(own(agreement.datasets, party) ?? []).includes(dataset));
  if (unlisted !== undefined) return { why: "dataset", what: unlisted.dataset };
  const foreign = doc.steps.find(
    (step) => agreement.operators.length > 0 && !agreement.operators.includes(step.operator),
  );
  if (foreign !== undefined) return { why: "operator", what: foreign.operator };
  if (me !== undefined && agreement.initiators !== null && !agreement.initiators.includes(me)) {
    return { why: "initiator", what: me };
  }
  const profiles = agreement.profiles ?? [doc.profile];
  return profiles.includes(doc.profile) ? undefined : { why: "profile", what: doc.profile };
}

/** The datasets that a flow reads, each with its party. */
export function read(doc: FlowDoc): { party: string; dataset: string }[] {
  return doc.steps.flatMap((step) => {
    const dataset = step.params?.dataset;
    const party = step.at.owner;
    return typeof dataset === "string" && dataset !== "" && party !== undefined ? [{ party, dataset }] : [];
  });
}

export const operatorTitle = (
  specs: ReadonlyMap<string, Operator>,
  name: string,
  w: (words: { zh: string; en: string } | undefined) => string,
): string => w(specs.get(name)?.title) || name;
