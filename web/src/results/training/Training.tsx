/** How the loss fell, and with what settings. */
import { Switch } from "@mantine/core";
import { useContext, useMemo, useState } from "react";
import { Chart } from "../../charts/Chart";
import { OnPaper } from "../../charts/paper";
import { useFormat } from "../../core/format";
import { useSpecWords } from "../../forms/spec_words";
import { KeyValue } from "../../ui/KeyValue";
import { Party } from "../../ui/Party";
import type { TrainingReport } from "../documents";
import parts from "../parts.module.css";
import { Tiles } from "../Tiles";
import { results } from "../texts";
import { partyAt, type ViewerProps } from "../viewer";
import { lossChart, lossTable } from "./chart";
import { isStillFalling } from "./falling";

export default function Training({ document, job, step, other }: ViewerProps<TrainingReport>) {
  const t = results.useT();
  const format = useFormat();
  const [log, setLog] = useState(false);
  const paper = useContext(OnPaper);
  const spec = useSpecWords()(job.steps.find((one) => one.id === step)?.operator);
  const runs = useMemo(
    () => [{ name: job.name, report: document }, ...(other ? [{ name: other.name, report: other.document }] : [])],
    [document, job.name, other],
  );
  const words = { epoch: t("training.epoch"), loss: t("training.loss") };
  const first = document.epochs[0]?.loss;
  const last = document.epochs.at(-1)?.loss;
  const fall = first === undefined || last === undefined || first === 0 ? null : last / first - 1;
  return (
    <div className={parts.stack}>
      <Tiles
        tiles={[
          {
            label: t("training.last_loss"),
            value: format.number(last, 5),
            note: fall === null ? undefined : t("training.since_first", { change: format.percent(fall) }),
            main: true,
          },
          {
            label: t("training.epochs"),
            value: format.number(document.epochs.length),
            note: document.stopped_early
              ? t("training.stopped_early")
              : isStillFalling(document)
                ? t("training.still_falling")
                : undefined,
          },
          {
            label: t("training.rows"),
            value: format.number(document.rows),
            note:
              document.loss_rows < document.rows ? t("training.loss_rows", { count: document.loss_rows }) : undefined,
          },
          ...Object.entries(document.features).map(([role, count]) => ({
            label: t("training.features", { party: partyAt(job, step, role) }),
            value: format.number(count),
            note: <Party name={partyAt(job, step, role)} size="sm" />,
          })),
        ]}
      />
      <section className={parts.block}>
        {!paper && document.epochs.length > 2 && (
          <Switch
            size="xs"
            mb={8}
            label={t("training.log")}
            checked={log}
            onChange={(event) => setLog(event.currentTarget.checked)}
          />
        )}
        <Chart
          caption={t("training.curve")}
          option={useMemo(
            () => lossChart(runs, { epoch: words.epoch, loss: words.loss }, log),
            [runs, words.epoch, words.loss, log],
          )}
          table={lossTable(runs, words.epoch)}
          height={300}
        />
      </section>
      <section className={parts.block}>
        <h3 className={parts.heading}>{t("training.settings")}</h3>
        <KeyValue
          items={[
            [t("training.algorithm"), spec.title || document.algorithm],
            ...Object.entries(document.settings).map(([name, value]): [string, string] => [
              spec.param(name),
              typeof value === "number" && !Number.isInteger(value)
                ? format.number(value, 8)
                : spec.option(name, value),
            ]),
            [t("model.id"), <code key="id">{document.model_id}</code>],
          ]}
        />
      </section>
    </div>
  );
}
