/** The CSRF token, in memory only, and what to do when the session is over. Filled by core/session. */

interface Credentials {
  csrf: string | undefined;
  /** Whether somebody is signed in, so that a 401 means "expired" and not "wrong password". */
  signedIn: boolean;
  /** Called at a 401; resolves when the same person is signed in again. */
  renewed: () => Promise<void>;
  /** Called when the node does or does not answer. */
  heard: (answers: boolean) => void;
}

export const credentials: Credentials = {
  csrf: undefined,
  signedIn: false,
  renewed: () => Promise.resolve(),
  heard: () => {},
};
