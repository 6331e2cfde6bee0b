/** When a session is about to end, and why. */

const WARN_MS = 3 * 60_000;
/** The node writes down only once in this time that a session is used. */
const SLACK_MS = 60_000;

export interface Ending {
  at: number;
  /** Using the session puts it off. */
  idle: boolean;
}

interface Times {
  usedAt: number;
  idleMs: number | undefined;
  endsAt: number | undefined;
}

/** The end that is near; undefined: none. */
export function endingOf({ usedAt, idleMs, endsAt }: Times, now: number): Ending | undefined {
  const ends: Ending[] = [];
  if (idleMs !== undefined) ends.push({ at: usedAt + Math.max(idleMs - SLACK_MS, idleMs / 2), idle: true });
  if (endsAt !== undefined) ends.push({ at: endsAt, idle: false });
  const [first] = ends.sort((one, other) => one.at - other.at);
  return first !== undefined && first.at - now <= Math.min(WARN_MS, (idleMs ?? Infinity) / 2) ? first : undefined;
}
