/** The colours of the organisations of a flow. */
import { useMemo } from "react";
import { useHue } from "../../ui/Party";
import type { FlowDoc } from "../document";
import type { Hues } from "./model";

export function useHues(doc: FlowDoc): Hues {
  const hue = useHue();
  const key = Object.keys(doc.parties)
    .map((party) => `${party} ${hue(party)}`)
    .join("\n");
  return useMemo(() => {
    const lines = key.split("\n").filter((line) => line !== "");
    return new Map(lines.map((line) => [line.slice(0, line.indexOf(" ")), Number(line.slice(line.indexOf(" ") + 1))]));
  }, [key]);
}
