/** Light, dark, or as the system: kept by us, so that an address can carry it. */
import type { MantineColorScheme, MantineColorSchemeManager } from "@mantine/core";
import { queryNow } from "../core/location";
import { recall, remember } from "../core/remembered";

const known = (text: string | null | undefined): MantineColorScheme | undefined =>
  text === "light" || text === "dark" || text === "auto" ? text : undefined;

export const appearance: MantineColorSchemeManager = {
  get(fallback) {
    const asked = known(queryNow().get("theme"));
    if (asked !== undefined) remember("appearance", asked);
    return asked ?? known(recall("appearance")) ?? fallback;
  },
  set: (value) => remember("appearance", value),
  subscribe: () => {},
  unsubscribe: () => {},
  clear: () => remember("appearance", undefined),
};

/** Before the first paint, so that no white page flashes. */
export function paintAppearance(): void {
  const chosen = appearance.get("auto");
  const dark = chosen === "dark" || (chosen === "auto" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
}
