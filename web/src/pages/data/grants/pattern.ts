/** Patterns over names of datasets: `*`, `?` and `[…]`, as the node reads them. */
import type { Grant } from "../../../api/types";

export function fits(name: string, pattern: string): boolean {
  if (pattern === "") return false;
  return new RegExp(`^${sourceOf(pattern)}$`, "s").test(name);
}

function sourceOf(pattern: string): string {
  let source = "";
  for (let at = 0; at < pattern.length; at += 1) {
    const letter = pattern.charAt(at);
    const end = letter === "[" ? pattern.indexOf("]", at + 2) : -1;
    if (letter === "*") source += ".*";
    else if (letter === "?") source += ".";
    else if (end > 0) {
      source += `[${pattern
        .slice(at + 1, end)
        .replace(/^!/, "^")
        .replaceAll("\\", "\\\\")}]`;
      at = end;
    } else source += letter.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  }
  return source;
}

/** The open requests that a decision by pattern meets: all datasets of a request must fit. */
export const metBy = (grants: Grant[], pattern: string, peer: string | undefined): Grant[] =>
  grants.filter(
    (one) =>
      (peer === undefined || one.peer === peer) &&
      one.datasets.length > 0 &&
      one.datasets.every((name) => fits(name, pattern)),
  );
