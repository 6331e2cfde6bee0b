/** How well scores tell two classes apart, and what each threshold would decide. */
import { useMemo, useState } from "react";
import { Chart } from "../../charts/Chart";
import { useFormat } from "../../core/format";
import { Card } from "../../ui/Section";
import type { EvaluationReport } from "../documents";
import parts from "../parts.module.css";
import { Tiles } from "../Tiles";
import { results } from "../texts";
import type { ViewerProps } from "../viewer";
import { calibrationChart, gainChart, ksChart, liftChart, rocChart, scoreChart } from "./charts";
import { placeOf, pointsOf } from "./figures";
import { intervalOf, isSmall } from "./interval";
import { Threshold } from "./Threshold";
import * as tables from "./tables";
import { useWords } from "./words";

export default function Evaluation({ document, job, other }: ViewerProps<EvaluationReport>) {
  const t = results.useT();
  const format = useFormat();
  const words = useWords();
  const points = useMemo(() => pointsOf(document), [document]);
  const [at, setAt] = useState(() => placeOf(points, document.threshold.value));
  const point = points[at];
  const runs = useMemo(
    () => [{ name: job.name, report: document }, ...(other ? [{ name: other.name, report: other.document }] : [])],
    [document, job.name, other],
  );
  const charts = useMemo(
    () => ({
      gain: gainChart(runs, words),
      lift: liftChart(runs, words),
      ks: ksChart(document, words),
      calibration: calibrationChart(runs, words),
    }),
    [runs, document, words],
  );
  const threshold = point?.threshold ?? document.threshold.value;
  const roc = useMemo(() => rocChart(runs, point, words), [runs, point, words]);
  const scores = useMemo(() => scoreChart(document, threshold, words), [document, threshold, words]);
  const interval = intervalOf(document);
  const share = (value: number | null): string => format.number(value, 4);
  return (
    <div className={parts.stack}>
      <Tiles
        tiles={[
          {
            label: t("evaluation.auc"),
            value: share(document.auc),
            note: (
              <>
                {interval && <>{t("evaluation.interval", { low: share(interval[0]), high: share(interval[1]) })}. </>}
                {t("evaluation.auc_note")}
              </>
            ),
            main: true,
          },
          {
            label: t("evaluation.ks"),
            value: share(document.ks),
            note: t("evaluation.at", { threshold: share(document.ks_threshold) }),
          },
          { label: t("evaluation.gini"), value: share(document.gini) },
          { label: t("evaluation.ap"), value: share(document.average_precision) },
          document.log_loss !== null && { label: t("evaluation.log_loss"), value: share(document.log_loss) },
          document.brier !== null && { label: t("evaluation.brier"), value: share(document.brier) },
        ]}
      />
      <p className={parts.muted}>
        {t("evaluation.on", {
          rows: document.rows,
          positives: document.positives,
          negatives: document.negatives,
          label: document.label,
        })}{" "}
        {interval && t("evaluation.interval_by")}
      </p>
      {isSmall(document) && <Card tone="warn">{t("evaluation.few")}</Card>}
      <Threshold points={points} at={at} chosen={document.threshold.value} onChange={setAt} />
      <div className={parts.pair}>
        <Chart caption={t("evaluation.roc")} option={roc} table={tables.roc(document, words)} height={320} />
        {document.calibration !== null && (
          <Chart caption={t("evaluation.scores")} option={scores} table={tables.scores(document, words)} height={320} />
        )}
        <Chart caption={t("evaluation.ks_curve")} option={charts.ks} table={tables.ks(document, words)} />
        <Chart caption={t("evaluation.gain")} option={charts.gain} table={tables.gain(document, words)} />
        <Chart caption={t("evaluation.lift")} option={charts.lift} table={tables.lift(document, words)} />
        {document.calibration !== null && (
          <Chart
            caption={t("evaluation.calibration")}
            option={charts.calibration}
            table={tables.calibration(document, words)}
          />
        )}
      </div>
    </div>
  );
}
