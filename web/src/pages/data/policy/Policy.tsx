/** The policy of a dataset: what is in force, the editor, all versions, and the privacy budget. */
import { Button, Group, Progress } from "@mantine/core";
import { useState } from "react";
import { useAct, useGet } from "../../../api/hooks";
import type { PolicyVersion } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { Can } from "../../../core/permissions";
import { Async } from "../../../ui/Async";
import { Badge } from "../../../ui/Badge";
import { Confirm } from "../../../ui/Confirm";
import { Copy } from "../../../ui/Copy";
import { Time } from "../../../ui/Diagnostic";
import { Section } from "../../../ui/Section";
import { useKept } from "../kept";
import { usePerson } from "../people";
import { data } from "../texts";
import { Clauses } from "./Clauses";
import { type Clause, type Draft, draftOf } from "./document";
import { Editor } from "./Editor";
import styles from "./policy.module.css";
import { Versions } from "./Versions";

export function Policy({ dataset }: { dataset: string }) {
  const [draft, setDraft] = useKept<Draft>(`policy ${dataset}`);
  const query = useGet("/policies/{dataset}", { path: { dataset }, query: { limit: 200 } });
  return (
    <Async query={query} empty={() => false} height={240}>
      {({ items }) => {
        const inForce = items.find((one) => one.state === "in_force");
        return (
          <>
            {draft !== undefined && <Editor dataset={dataset} draft={draft} onChange={setDraft} />}
            {inForce === undefined ? (
              <Defaults onEdit={setDraft} editing={draft !== undefined} />
            ) : (
              <InForce dataset={dataset} one={inForce} onEdit={setDraft} editing={draft !== undefined} />
            )}
            <Versions dataset={dataset} onEdit={setDraft} />
            <Budget dataset={dataset} />
          </>
        );
      }}
    </Async>
  );
}

interface HeadProps {
  onEdit: (draft: Draft) => void;
  editing: boolean;
}

function Defaults({ onEdit, editing }: HeadProps) {
  const t = data.useT();
  const write = !editing && (
    <Can action="policy.change">
      <Button onClick={() => onEdit({ note: "", clauses: [] })}>{t("policy.write")}</Button>
    </Can>
  );
  return (
    <Section title={t("policy.defaults.title")} lead={t("policy.defaults.lead")} actions={write}>
      <DefaultTable />
    </Section>
  );
}

const ROWS = [
  [5, "no", "no", "no", "home"],
  [4, "no", "50", "no", "encrypted"],
  [3, "no", "10", "wide", "encrypted"],
  [2, "no", "5", "wide", "encrypted"],
  [1, "yes", "yes", "yes", "yes"],
] as const;

function DefaultTable() {
  const t = data.useT();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={t("policy.defaults.title")}>
      <table className={styles.defaults}>
        <thead>
          <tr>
            {(["level", "plaintext", "figures", "score", "compute"] as const).map((head) => (
              <th key={head} scope="col">
                {t(`defaults.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([level, plaintext, figures, score, compute]) => (
            <tr key={level}>
              <th scope="row">{level}</th>
              <td>{t(`defaults.is.${plaintext}`)}</td>
              <td>
                {figures === "no" || figures === "yes"
                  ? t(`defaults.is.${figures}`)
                  : t("defaults.is.rows", { count: Number(figures) })}
              </td>
              <td>{t(`defaults.is.${score}`)}</td>
              <td>{t(`defaults.is.${compute}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function InForce({ dataset, one, onEdit, editing }: HeadProps & { dataset: string; one: PolicyVersion }) {
  const t = data.useT();
  const query = useGet("/policies/{dataset}/versions/{version}", { path: { dataset, version: one.version } });
  const [removing, setRemoving] = useState(false);
  const person = usePerson();
  const remove = useAct("delete", "/policies/{dataset}", {
    invalidates: ["/policies", "/policies/{dataset}"],
    success: t("policy.removed"),
  });
  const acts = (
    <Group gap="xs">
      {!editing && (
        <Can action="policy.change">
          <Button
            disabled={query.data === undefined}
            onClick={() => query.data && onEdit(draftOf(query.data.policy, one.version))}
          >
            {t("policy.change")}
          </Button>
        </Can>
      )}
      <Can action="policy.remove">
        <Button variant="default" onClick={() => setRemoving(true)}>
          {t("policy.remove")}
        </Button>
      </Can>
    </Group>
  );
  return (
    <Section title={t("policy.in_force.title")} lead={t("policy.in_force.lead")} actions={acts}>
      <p className={styles.head}>
        <Badge tone="ok">{t("version.title", { version: one.version })}</Badge>
        <span>
          {person(one.activated_by ?? "")} · <Time at={one.activated_at} />
        </span>
        <code>{one.hash.slice(0, 12)}…</code>
        <Copy value={one.hash} what={t("hash")} />
      </p>
      <Async query={query}>
        {(full) => (
          <>
            {full.policy.note !== "" && (
              <p className={styles.soft} data-raw>
                {full.policy.note}
              </p>
            )}
            <Clauses clauses={draftOf(full.policy).clauses} />
          </>
        )}
      </Async>
      <Confirm
        opened={removing}
        onClose={() => setRemoving(false)}
        title={t("policy.remove.title", { dataset })}
        text={t("policy.remove.text")}
        label={t("policy.remove")}
        danger
        onConfirm={() => remove.mutateAsync({ path: { dataset } })}
      />
    </Section>
  );
}

/** What noised queries have spent, and what each rule with a budget leaves. */
function Budget({ dataset }: { dataset: string }) {
  const t = data.useT();
  const budget = useGet("/policies/{dataset}/budget", { path: { dataset } });
  const clauses = useInForceClauses(dataset);
  const format = useFormat();
  return (
    <Section title={t("budget")} lead={t("budget.lead")}>
      <Async query={budget} height={60}>
        {({ epsilon, left }) => (
          <>
            <p>{t("budget.spent", { epsilon: format.number(epsilon, 4) })}</p>
            <ul className={styles.budgets}>
              {Object.entries(left).map(([id, rest]) => {
                const total = clauses.find((one) => one.id === id)?.bounds.dp?.total;
                return (
                  <li key={id}>
                    <span>
                      <code>{id}</code> {t("budget.left", { left: format.number(rest, 4) })}
                      {total !== undefined && ` ${t("budget.of", { total })}`}
                    </span>
                    {total !== undefined && (
                      <Progress value={(100 * rest) / total} aria-label={t("budget.left_of", { id })} />
                    )}
                  </li>
                );
              })}
            </ul>
          </>
        )}
      </Async>
    </Section>
  );
}

function useInForceClauses(dataset: string): Clause[] {
  const versions = useGet("/policies/{dataset}", { path: { dataset }, query: { limit: 200 } }).data?.items;
  const version = versions?.find((one) => one.state === "in_force")?.version;
  const path = { dataset, version: version ?? 1 };
  const full = useGet("/policies/{dataset}/versions/{version}", { path }, { enabled: version !== undefined }).data;
  return full === undefined ? [] : draftOf(full.policy).clauses;
}
