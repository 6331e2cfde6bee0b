/** Which jobs this node approves without a person. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAct, usePages } from "../../api/hooks";
import type { ApprovalRule } from "../../api/types";
import { useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { Can } from "../../core/permissions";
import { useMe } from "../../core/session";
import { core } from "../../core/texts";
import { Async, Empty } from "../../ui/Async";
import { Level } from "../../ui/Badge";
import { Confirm } from "../../ui/Confirm";
import { Time } from "../../ui/Diagnostic";
import { KeyValue } from "../../ui/KeyValue";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";
import { Party } from "../../ui/Party";
import { Card } from "../../ui/Section";
import { RuleForm } from "./RuleForm";
import styles from "./Rules.module.css";
import { approvals } from "./texts";

export default function Rules() {
  const t = approvals.useT();
  const shared = core.useT();
  const { more, query } = usePages("/rules");
  const [adding, setAdding] = useState(false);
  const add = (
    <Can action="rule.add">
      <Button onClick={() => setAdding(true)}>{t("rule.add")}</Button>
    </Can>
  );
  return (
    <Page title={t("rules.title")} lead={t("rules.lead")} crumbs={[[t("title"), "/approvals"]]} actions={add}>
      <Async query={query} emptyView={<Empty title={t("rules.empty")} text={t("rules.empty_text")} />}>
        {(rules) => (
          <div className={styles.list}>
            {rules.map((rule) => (
              <RuleCard key={rule.id} rule={rule} />
            ))}
          </div>
        )}
      </Async>
      {more !== undefined && (
        <Button variant="default" onClick={more}>
          {shared("more")}
        </Button>
      )}
      <RuleForm opened={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}

function RuleCard({ rule }: { rule: ApprovalRule }) {
  const t = approvals.useT();
  const me = useMe();
  const [removing, setRemoving] = useState(false);
  const remove = useAct("delete", "/rules/{rule}", { invalidates: ["/rules"], success: t("rule.removed") });
  return (
    <Card>
      <div className={styles.head}>
        <div>
          <h2 className={styles.title} data-raw={rule.note !== "" || undefined}>
            {rule.note || t("rule.unnamed")}
          </h2>
          <code className={styles.id}>{rule.id}</code>
        </div>
        {me.can("rule.remove") && (
          <Button variant="default" size="compact-sm" onClick={() => setRemoving(true)}>
            {t("rule.remove")}
          </Button>
        )}
      </div>
      <Limits rule={rule} />
      <Confirm
        opened={removing}
        onClose={() => setRemoving(false)}
        title={t("rule.remove")}
        text={t("rule.remove_text")}
        label={t("rule.remove")}
        danger
        onConfirm={() => remove.mutateAsync({ path: { rule: rule.id } })}
      />
    </Card>
  );
}

function Agreements({ ids }: { ids: string[] }) {
  const known = usePages("/agreements").items;
  return ids.map((id) => (
    <div key={id}>
      <Link href={to.agreement(id)}>{known.find((each) => each.id === id)?.name ?? id}</Link>
    </div>
  ));
}

const DAY_S = 86_400;

function Limits({ rule }: { rule: ApprovalRule }) {
  const t = approvals.useT();
  const format = useFormat();
  const parties = (names: string[]) => names.map((name) => <Party key={name} name={name} size="sm" />);
  const { rate } = rule;
  return (
    <KeyValue
      items={[
        rule.initiators && [t("rule.initiators"), parties(rule.initiators)],
        rule.parties && [t("rule.parties"), parties(rule.parties)],
        rule.operators && [t("operators"), <code key="operators">{rule.operators.join(", ")}</code>],
        rule.datasets && [t("datasets"), <code key="datasets">{rule.datasets.join(", ")}</code>],
        rule.agreements && [t("rule.agreements"), <Agreements key="agreements" ids={rule.agreements} />],
        rule.purposes && [t("rule.purposes"), rule.purposes.join("; ")],
        [t("rule.max_level"), <Level key="level" level={rule.max_level} />],
        rule.max_rows !== null && [t("rule.max_rows"), format.number(rule.max_rows)],
        rule.max_uses !== null && [t("rule.max_uses"), format.number(rule.max_uses)],
        rate && [t("rule.rate"), t("rule.rate_text", { jobs: rate.jobs, days: format.number(rate.period_s / DAY_S) })],
        rule.valid_until !== null && [t("rule.until"), <Time key="until" at={rule.valid_until} how="date" />],
      ]}
    />
  );
}
