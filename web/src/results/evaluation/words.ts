/** What the charts of an evaluation call things. */
import { useMemo } from "react";
import { useFormat } from "../../core/format";
import { results } from "../texts";

export function useWords() {
  const t = results.useT();
  const format = useFormat();
  // biome-ignore lint/correctness/useExhaustiveDependencies: texts and formats change with the language, and only with it
  return useMemo(
    () => ({
      fpr: t("evaluation.fpr"),
      tpr: t("evaluation.tpr"),
      threshold: t("evaluation.threshold"),
      depth: t("evaluation.depth"),
      caught: t("evaluation.caught"),
      lift: t("evaluation.lift_axis"),
      chance: t("evaluation.chance"),
      perfect: t("evaluation.perfect"),
      score: t("evaluation.score"),
      meanScore: t("evaluation.mean_score"),
      rate: t("evaluation.positive_rate"),
      rows: t("rows"),
      positives: t("evaluation.positives"),
      negatives: t("evaluation.negatives"),
      below: t("evaluation.below"),
      here: t("evaluation.here"),
      from: t("from"),
      to: t("to"),
      percent: (value: number): string => format.percent(value, 1),
      number: (value: number, digits?: number): string => format.number(value, digits),
    }),
    [format],
  );
}

export type Words = ReturnType<typeof useWords>;
