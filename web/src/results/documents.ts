/** What reports of the operators hold, as far as viewers read it. */
import type { Wording } from "../api/types";

export interface PsiReport {
  kind: "psi";
  reveal: "rows" | "count" | "threshold" | "sum";
  role: string;
  join?: string;
  key_columns?: number;
  rows_read: number;
  rows_without_key: number;
  rows_rejected: number;
  rows_with_repeated_key: number;
  keys_used: number;
  /** By role where there are more than two. */
  peer_keys_used: number | Record<string, number>;
  /** Null where this side is not told. */
  matched: number | null;
  rows_out?: number | null;
  parties?: number;
  protocol?: string;
  protocol_reason?: Wording;
  protocol_advice?: Wording | null;
  epsilon?: number | null;
  sums?: Record<string, number> | null;
  threshold?: number;
  reached?: boolean | null;
  series?: Record<string, unknown>;
  table?: Record<string, unknown>;
}

export type Measure = "count" | "sum" | "mean" | "variance";
export type StatisticsCell = Partial<Record<Measure, number | null>> | null;
export interface StatisticsReport {
  kind: "joint_statistics";
  rows: number;
  measures: Measure[];
  min_group_size: number;
  group: { role: string; column: string; groups: number; withheld: number } | null;
  columns: { role: string; name: string }[];
  overall: { rows: number; cells: StatisticsCell[] };
  groups: { label: string | number | boolean | null; rows: number; cells: StatisticsCell[] }[];
}

export interface TrainingReport {
  kind: "training";
  algorithm: string;
  model_id: string;
  rows: number;
  features: Record<string, number>;
  epochs: { epoch: number; loss: number }[];
  loss_rows: number;
  stopped_early: boolean;
  settings: Record<string, unknown>;
}

export interface Confusion {
  tp: number;
  fp: number;
  tn: number;
  fn: number;
}
export interface CalibrationBin {
  low: number;
  high: number;
  rows: number;
  mean_score: number | null;
  positive_rate: number | null;
}
export interface EvaluationReport {
  kind: "binary_evaluation";
  rows: number;
  positives: number;
  negatives: number;
  auc: number;
  gini: number;
  ks: number;
  ks_threshold: number;
  average_precision: number;
  threshold: {
    value: number;
    accuracy: number;
    precision: number | null;
    recall: number | null;
    f1: number | null;
    confusion: Confusion;
  };
  roc: { fpr: number; tpr: number; threshold: number | null }[];
  gain: { depth: number; gain: number; lift: number }[];
  brier: number | null;
  log_loss: number | null;
  calibration: CalibrationBin[] | null;
  label: string;
  score: string;
}

export interface ProfileColumn {
  name: string;
  role: string;
  type: string;
  rows: number;
  nulls: number;
  bad_cells: number;
  distinct: { count: number; exact: boolean };
  min?: number | string | null;
  max?: number | string | null;
  mean?: number | null;
  std?: number | null;
  quantiles?: Record<string, number> | null;
  histogram?: { edges: number[]; counts: number[] } | null;
  true?: number;
  lengths?: { min: number | null; max: number | null; mean: number | null };
  not_finite?: number;
}
export interface ProfileReport {
  kind: "profile";
  rows: number;
  columns: ProfileColumn[];
}

export interface ModelSavedReport {
  kind: "model_saved";
  name: string;
  version: string;
  model_kind: string;
  model_id: string;
  transform_id: string | null;
}

export interface TransformDocument {
  kind: "transform";
  missing: string;
  scale: string;
  /** Of this party's own feature columns: (value or `fill`, minus `shift`) / `scale`. */
  columns: { name: string; fill: number | null; shift: number; scale: number }[];
  dropped: string[];
}
