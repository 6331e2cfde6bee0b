/** Drafts in this browser, each under its person and its flow. */
import { recall, remember } from "../../core/remembered";
import { isObject } from "../../forms/json";
import type { FlowDoc } from "../document";
import type { Local, LocalDraft } from "./keeper";

const nameOf = (person: string, id: string | undefined): string => `draft:${person}:${id ?? "new"}`;

export function localDrafts(person: string): Local {
  return {
    read: (id) => parsed(recall(nameOf(person, id))),
    write: (id, draft) => remember(nameOf(person, id), JSON.stringify(draft)),
    drop: (id) => remember(nameOf(person, id), undefined),
  };
}

function parsed(text: string | undefined): LocalDraft | undefined {
  try {
    const found: unknown = JSON.parse(text ?? "null");
    if (!isObject(found) || !isObject(found.document) || typeof found.at !== "number") return undefined;
    if (!Array.isArray(found.document.steps) || !isObject(found.document.parties)) return undefined;
    const version = typeof found.version === "number" ? found.version : undefined;
    return { at: found.at, version, document: found.document as unknown as FlowDoc };
  } catch {
    return undefined;
  }
}
