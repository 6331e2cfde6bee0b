/** Actions by the noun that they are about. Pure. */
export const areaOf = (action: string): string => action.split(".")[0] ?? action;

export function groupsOf<A extends { name: string }>(actions: readonly A[]): [area: string, actions: A[]][] {
  const groups = new Map<string, A[]>();
  for (const action of actions) {
    const area = areaOf(action.name);
    groups.set(area, [...(groups.get(area) ?? []), action]);
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
}
