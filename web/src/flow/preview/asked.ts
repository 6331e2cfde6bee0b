/** Which part of the flow somebody wants to run; the preview opens for it. */
import { makeStore } from "../../core/store";
import type { SliceMode } from "../slice";

export interface Asked {
  slice?: { step: string; mode: SliceMode };
  /** What is to happen with it. */
  when: "now" | "schedule" | "standing";
}

export const asked = makeStore<Asked | undefined>(undefined);

export const openPreview = (slice?: Asked["slice"], when: Asked["when"] = "now"): void => asked.set({ slice, when });
