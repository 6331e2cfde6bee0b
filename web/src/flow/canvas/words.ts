/** The texts of this area and those of the declarations, together. */
import type { Wording } from "../../api/types";
import { useW } from "../../core/texts";
import { flow } from "../texts";

export interface Words {
  t: ReturnType<typeof flow.useT>;
  w(words: Wording | null | undefined): string;
}

export function useWords(): Words {
  const t = flow.useT();
  const w = useW();
  return { t, w };
}
