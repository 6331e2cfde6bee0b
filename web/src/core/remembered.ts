/** What this browser remembers of a person's taste. Where storage is forbidden, nothing is. */

export function recall(name: string): string | undefined {
  try {
    return window.localStorage.getItem(`tacit:${name}`) ?? undefined;
  } catch {
    return undefined;
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
