/** Cards that have nothing to show are left out; one line says so instead. */

interface Listed<X> {
  data: { items: readonly X[] } | undefined;
  error: unknown;
}

/** Whether a list has nothing to show, as far as is known. A fault is something to show. */
export const isQuiet = <X>({ data, error }: Listed<X>, shown: (items: readonly X[]) => readonly X[]): boolean =>
  !error && (data === undefined || shown(data.items).length === 0);
