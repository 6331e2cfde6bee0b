/** Who acted, as the node writes it: "user:li.wei", "peer:lab", "client:nightly", "rule:…", "local", "node". */
export interface Actor {
  kind: "user" | "peer" | "client" | "rule" | "flow" | "key" | "local" | "node" | "person";
  name: string;
}

const PREFIXED = new Set(["user", "peer", "client", "rule", "flow", "key"]);

export function actorOf(text: string): Actor {
  const at = text.indexOf(":");
  const kind = at < 0 ? text : text.slice(0, at);
  if (PREFIXED.has(kind)) return { kind: kind as Actor["kind"], name: text.slice(at + 1) };
  if (kind === "local" || kind === "node" || kind === "person") return { kind, name: "" };
  return { kind: "user", name: text };
}
