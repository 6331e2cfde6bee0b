/** What a record itself has under a name that others chose: every object inherits something as "constructor". */
export const own = <X>(record: Readonly<Record<string, X>> | null | undefined, name: string): X | undefined =>
  record != null && Object.hasOwn(record, name) ? record[name] : undefined;
