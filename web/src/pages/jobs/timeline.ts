/** Who worked when on which step, from what the parties' logs tell. Times are by each party's own clock. */
import type { JobEvent } from "../../api/types";

export interface Span {
  step: string;
  party: string;
  attempt: number;
  from: number;
  /** Null while it runs. */
  to: number | null;
  state: "RUNNING" | "SUCCESS" | "FAILED";
}

const ENDS: Record<string, Span["state"]> = { "step.succeeded": "SUCCESS", "step.failed": "FAILED" };

/** `endedAt`: nothing runs beyond the end of the job. */
export function spansOf(events: readonly JobEvent[], endedAt: string | null): Span[] {
  const spans = new Map<string, Span>();
  const known = (event: JobEvent, step: string): Span => {
    const attempt = typeof event.data.attempt === "number" ? event.data.attempt : 1;
    const key = `${step} ${event.party} ${attempt}`;
    const time = Date.parse(event.time);
    const span = spans.get(key) ?? { step, party: event.party, attempt, from: time, to: null, state: "RUNNING" };
    spans.set(key, span);
    return span;
  };
  for (const event of events) {
    if (event.step === null) continue;
    if (event.code === "step.started") known(event, event.step).from = Date.parse(event.time);
    const end = ENDS[event.code];
    if (end === undefined) continue;
    const span = known(event, event.step);
    span.to = Date.parse(event.time);
    span.state = end;
    span.from = Math.min(span.from, span.to);
  }
  const last = endedAt === null ? null : Date.parse(endedAt);
  return [...spans.values()].map((span) =>
    span.to === null && last !== null ? { ...span, to: Math.max(last, span.from) } : span,
  );
}

export interface Scale {
  start: number;
  end: number;
}

export function scaleOf(spans: readonly Span[], now: number): Scale | null {
  if (spans.length === 0) return null;
  const start = Math.min(...spans.map((span) => span.from));
  const end = Math.max(...spans.map((span) => span.to ?? now), start + 1);
  return { start, end };
}

const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400];

/** Marks of the time axis, in seconds from the start: at most seven. */
export function ticksOf({ start, end }: Scale): number[] {
  const length = (end - start) / 1000;
  const step = STEPS_S.find((size) => length / size <= 6) ?? length / 6;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, at) => at * step);
}

/** Seconds in which at least one party worked on the step, over all attempts. */
export function busyOf(spans: readonly Span[], now: number): number {
  return spans.reduce((sum, span) => sum + ((span.to ?? now) - span.from) / 1000, 0);
}
