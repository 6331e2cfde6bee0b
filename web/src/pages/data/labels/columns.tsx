/** The columns of the table of labels. */
import { Button } from "@mantine/core";
import { useAct } from "../../../api/hooks";
import type { ColumnLabel } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { notify } from "../../../core/notify";
import { Can } from "../../../core/permissions";
import { useProblemText } from "../../../core/problems";
import { useMe } from "../../../core/session";
import { useW } from "../../../core/texts";
import { Badge, Level } from "../../../ui/Badge";
import { ColumnType } from "../../../ui/ColumnType";
import type { Col } from "../../../ui/DataTable";
import { usePerson } from "../people";
import { data } from "../texts";
import styles from "./labels.module.css";

/** `isScanned`: what has no suggestion was looked at and nothing was recognised. */
export function useLabelColumns(
  name: string,
  isScanned: boolean,
  onChange: (column: string) => void,
): Col<ColumnLabel>[] {
  const t = data.useT();
  const w = useW();
  const me = useMe();
  const columns: (Col<ColumnLabel> | false)[] = [
    {
      key: "column",
      title: t("column"),
      cell: (one) => (
        <>
          <strong>{one.column}</strong> <ColumnType type={one.type} className={styles.type} />
        </>
      ),
      sort: (one) => one.column,
      tight: true,
    },
    {
      key: "level",
      title: t("level"),
      cell: (one) => <Level level={one.level} />,
      sort: (one) => one.level,
      tight: true,
    },
    {
      key: "class",
      title: t("class"),
      cell: (one) =>
        one.source === "none" ? <span className={styles.soft}>{t("labels.none")}</span> : w(one.klass_title),
      sort: (one) => one.klass,
    },
    {
      key: "source",
      title: t("labels.source"),
      cell: (one) => <Source one={one} />,
      sort: (one) => one.source,
      tight: true,
    },
    { key: "why", title: t("labels.why"), cell: (one) => <Why one={one} name={name} isScanned={isScanned} /> },
    me.can("label.confirm") && {
      key: "acts",
      title: t("actions"),
      hiddenTitle: true,
      align: "right",
      cell: (one) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t("labels.change_of", { name: one.column })}
          onClick={() => onChange(one.column)}
        >
          {t("change")}
        </Button>
      ),
    },
  ];
  return columns.filter((column) => column !== false);
}

function Source({ one }: { one: ColumnLabel }) {
  const t = data.useT();
  const format = useFormat();
  if (one.warning) return <Badge tone="warn">{t("labels.warning")}</Badge>;
  if (one.confirmed) return <Badge tone="ok">{t("labels.is_confirmed")}</Badge>;
  if (one.source === "suggested") {
    return <Badge tone="info">{t("labels.is_suggested", { share: format.percent(one.confidence, 0) })}</Badge>;
  }
  return <Badge>{t(one.source === "inherited" ? "labels.is_inherited" : "labels.is_default")}</Badge>;
}

function Why({ one, name, isScanned }: { one: ColumnLabel; name: string; isScanned: boolean }) {
  const t = data.useT();
  const w = useW();
  const person = usePerson();
  const reasons = one.reasons.map((reason) => w(reason));
  return (
    <div className={styles.why}>
      {one.confirmed && one.confirmed_by !== null && (
        <span>
          {t("labels.by", { name: person(one.confirmed_by) })} <span data-raw>{one.reason}</span>
        </span>
      )}
      {one.source === "none" && (
        <span className={styles.soft}>
          {t(isScanned ? "labels.nothing" : "labels.unscanned", { level: one.level })}
        </span>
      )}
      {reasons[0] !== undefined && <span className={styles.soft}>{reasons[0]}</span>}
      {reasons.length > 1 && (
        <details className={styles.soft}>
          <summary>{t("labels.sources")}</summary>
          {reasons.slice(1).join(" ")}
        </details>
      )}
      {one.warning && one.suggested !== null && (
        <span className={styles.warn}>{t("labels.more_found", { level: one.suggested.level })}</span>
      )}
      {one.pending !== null && <Pending one={one} name={name} />}
    </div>
  );
}

/** A lower level that a second person has to agree to. */
function Pending({ one, name }: { one: ColumnLabel; name: string }) {
  const t = data.useT();
  const text = useProblemText();
  const person = usePerson();
  const me = useMe();
  const options = { invalidates: ["/datasets/{name}/labels", "/datasets/{name}/labels/history", "/inbox"] as const };
  const agree = useAct("post", "/datasets/{name}/labels/agree", { invalidates: [...options.invalidates] });
  const reject = useAct("post", "/datasets/{name}/labels/reject", { invalidates: [...options.invalidates] });
  const values = { path: { name }, body: { column: one.column } };
  const onError = (problem: Parameters<typeof text>[0]): void => {
    notify({ tone: "bad", text: [text(problem).title, text(problem).hint].filter(Boolean).join(" ") });
  };
  const { level = 1, by = "", reason = "" } = one.pending ?? {};
  const own = me.name === by ? t("labels.own") : undefined;
  return (
    <div className={styles.pending}>
      <span data-raw>{t("labels.pending", { level, by: person(by), reason })}</span>
      <Can action="label.declassify" why={own}>
        <Button
          size="compact-sm"
          loading={agree.isPending}
          aria-label={t("labels.agree_of", { name: one.column })}
          onClick={() => agree.mutate({ ...values }, { onError })}
        >
          {t("labels.agree")}
        </Button>
      </Can>
      <Can action="label.declassify">
        <Button
          size="compact-sm"
          variant="default"
          loading={reject.isPending}
          aria-label={t("labels.reject_of", { name: one.column })}
          onClick={() => reject.mutate({ ...values }, { onError })}
        >
          {t("labels.reject")}
        </Button>
      </Can>
    </div>
  );
}
