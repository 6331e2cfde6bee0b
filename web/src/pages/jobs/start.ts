import type { JobDetail } from "../../api/types";
import { own } from "../../core/own";

/** Whoever comes to a finished job wants what came of it; a dealer has nothing of that. */
export const startOf = ({ state, parties }: JobDetail, me: string | undefined): "results" | "progress" =>
  state === "FINISHED" && own(parties, me ?? "")?.kind !== "dealer" ? "results" : "progress";
