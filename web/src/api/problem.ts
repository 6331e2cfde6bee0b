/** An error of the node (RFC 9457), or of the way to it. */
import type { FlowProblem } from "./types";

export interface ProblemDocument {
  code?: string;
  message?: string;
  title?: string;
  found?: string | null;
  expected?: string | null;
  hint?: string | null;
  problems?: FlowProblem[];
}

/** `status` is 0 where no node answered. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly found?: string;
  readonly expected?: string;
  readonly hint?: string;
  readonly problems?: FlowProblem[];
  readonly at = new Date();
  readonly path: string;

  constructor(status: number, document: ProblemDocument, path = "") {
    super(document.message ?? document.title ?? `HTTP ${status}`);
    this.name = "Problem";
    this.code = document.code ?? (status === 0 ? "console.unreachable" : "console.no_problem");
    this.status = status;
    this.path = path;
    this.found = document.found ?? undefined;
    this.expected = document.expected ?? undefined;
    this.hint = document.hint ?? undefined;
    this.problems = document.problems;
  }

  /** Whether no node answered, or only something in between. */
  get isUnreachable(): boolean {
    return this.status === 0 || (this.code === "console.no_problem" && [502, 503, 504].includes(this.status));
  }
}

/** Whatever was thrown, as a Problem. */
export function asProblem(thrown: unknown, path = ""): Problem {
  if (thrown instanceof Problem) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem(0, { code: "console.fault", message }, path);
}
