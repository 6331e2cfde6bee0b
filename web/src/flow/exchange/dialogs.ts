/** Which dialog of the file menu is open. */
import { makeStore } from "../../core/store";

export const dialog = makeStore<"import" | "compare" | undefined>(undefined);
