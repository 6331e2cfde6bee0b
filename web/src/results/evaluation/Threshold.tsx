/** What would be decided at a threshold: a slider over the thresholds whose figures are known exactly. */
import { Button, Slider, VisuallyHidden } from "@mantine/core";
import { useContext } from "react";
import { OnPaper } from "../../charts/paper";
import { useFormat } from "../../core/format";
import type { Confusion } from "../documents";
import parts from "../parts.module.css";
import { results } from "../texts";
import type { Point } from "./figures";
import styles from "./Threshold.module.css";

interface ThresholdProps {
  points: Point[];
  at: number;
  /** The threshold of the report. */
  chosen: number;
  onChange: (at: number) => void;
}

export function Threshold({ points, at, chosen, onChange }: ThresholdProps) {
  const t = results.useT();
  const format = useFormat();
  const paper = useContext(OnPaper);
  const point = points[at];
  if (point === undefined) return null;
  const back = points.findIndex((other) => other.threshold === chosen);
  const written = format.number(point.threshold, 4);
  return (
    <section className={parts.block} aria-label={t("evaluation.decide")}>
      <h3 className={parts.heading}>{t("evaluation.decide")}</h3>
      {!paper && (
        <div className={styles.slide}>
          <Slider
            className={styles.slider}
            min={0}
            max={points.length - 1}
            step={1}
            value={at}
            onChange={onChange}
            label={null}
            thumbLabel={t("evaluation.threshold_slider", { threshold: written })}
            marks={points.length <= 30 ? points.map((_, place) => ({ value: place })) : undefined}
          />
          <span className={styles.value}>
            {t("evaluation.threshold")} <strong>{written}</strong>
          </span>
          <Button size="compact-sm" variant="default" disabled={at === back} onClick={() => onChange(back)}>
            {t("evaluation.back", { threshold: format.number(chosen, 4) })}
          </Button>
        </div>
      )}
      <div className={styles.decided}>
        <Matrix confusion={point.confusion} />
        <dl className={styles.rates}>
          {(
            [
              ["accuracy", point.accuracy],
              ["precision", point.precision],
              ["recall", point.recall],
              ["f1", point.f1],
            ] as const
          ).map(([name, value]) => (
            <div key={name}>
              <dt>{t(`evaluation.${name}`)}</dt>
              <dd>{name === "f1" ? format.number(value, 4) : format.percent(value, 2)}</dd>
            </div>
          ))}
        </dl>
      </div>
      {!paper && <p className={parts.muted}>{t("evaluation.threshold_note")}</p>}
    </section>
  );
}

function Matrix({ confusion }: { confusion: Confusion }) {
  const t = results.useT();
  const most = Math.max(1, confusion.tp, confusion.fp, confusion.fn, confusion.tn);
  const cell = (count: number, right: boolean) => (
    <td className={styles.cell} data-right={right || undefined}>
      <span aria-hidden className={styles.fill} style={{ opacity: 0.08 + 0.34 * (count / most) }} />
      <Count count={count} />
      <span className={styles.verdict}>{right ? t("evaluation.right") : t("evaluation.wrong")}</span>
    </td>
  );
  return (
    <table className={styles.matrix}>
      <VisuallyHidden component="caption">{t("evaluation.confusion")}</VisuallyHidden>
      <thead>
        <tr>
          <td />
          <th scope="col">{t("evaluation.said_positive")}</th>
          <th scope="col">{t("evaluation.said_negative")}</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">{t("evaluation.is_positive")}</th>
          {cell(confusion.tp, true)}
          {cell(confusion.fn, false)}
        </tr>
        <tr>
          <th scope="row">{t("evaluation.is_negative")}</th>
          {cell(confusion.fp, false)}
          {cell(confusion.tn, true)}
        </tr>
      </tbody>
    </table>
  );
}

function Count({ count }: { count: number }) {
  return <span className={styles.count}>{useFormat().number(count)}</span>;
}
