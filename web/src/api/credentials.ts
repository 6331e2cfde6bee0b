/** The CSRF token, in memory only, and what to do when the session is over. Filled by core/session. */

interface Credentials {
  csrf: string | undefined;
  /** Whose page this is, once somebody is known to be signed in. */
  user: string | undefined;
  /** Whether somebody is signed in, so that a 401 means "expired" and not "wrong password". */
  signedIn: boolean;
  /** Called at a 401; resolves when the same person is signed in again. */
  renewed: () => Promise<void>;
  /** Called when the session turns out to be another person's. */
  replaced: () => void;
  /** When the node last answered somebody who is signed in, in ms; from then on the session is unused. */
  usedAt: number;
  /** Called when the node does or does not answer. */
  heard: (answers: boolean) => void;
}

export const credentials: Credentials = {
  csrf: undefined,
  user: undefined,
  signedIn: false,
  renewed: () => Promise.resolve(),
  replaced: () => window.location.reload(),
  usedAt: Date.now(),
  heard: () => {},
};
