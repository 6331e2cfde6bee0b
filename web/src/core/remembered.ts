/** What this browser remembers of a person's taste. Where storage is forbidden, nothing is. */

export function recall(name: string): string | undefined {
  try {
    return window.localStorage.getItem(`tacit:${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Nothing of the person stays in this browser; also where it does not obey the node's word to forget. */
export function forgetAll(): void {
  try {
    for (const storage of [window.localStorage, window.sessionStorage]) {
      for (const name of Object.keys(storage)) if (name.startsWith("tacit:")) storage.removeItem(name);
    }
  } catch {
    // there is nothing to forget
  }
}

export function remember(name: string, value: string | undefined): void {
  try {
    if (value === undefined) window.localStorage.removeItem(`tacit:${name}`);
    else window.localStorage.setItem(`tacit:${name}`, value);
  } catch {
    // private windows have none
  }
}
