/** A policy to read: what it takes away and what it gives, clause by clause. */
import { useAgreementNames } from "../../../api/agreement_names";
import type { PolicyBounds, PolicyScope } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { Badge, type Tone } from "../../../ui/Badge";
import { data } from "../texts";
import { BOUND_PARTS, type BoundPart, type Clause, presentIn, SCOPE_PARTS, type ScopePart } from "./document";
import styles from "./policy.module.css";

const TONES: Record<Clause["effect"], Tone> = { deny: "bad", only: "warn", limit: "info", lift: "ok" };

export function Clauses({ clauses }: { clauses: Clause[] }) {
  const t = data.useT();
  if (clauses.length === 0) return <p className={styles.soft}>{t("policy.empty")}</p>;
  return (
    <ul className={styles.clauses}>
      {clauses.map((clause) => (
        <li key={clause.id} className={styles.clause}>
          <p className={styles.head}>
            <Badge tone={TONES[clause.effect]}>{t(`effect.${clause.effect}`)}</Badge>
            <code>{clause.id}</code>
            {clause.note !== "" && (
              <span className={styles.soft} data-raw>
                {clause.note}
              </span>
            )}
          </p>
          <ClauseFacts clause={clause} />
        </li>
      ))}
    </ul>
  );
}

function ClauseFacts({ clause }: { clause: Clause }) {
  const t = data.useT();
  const scope = presentIn(SCOPE_PARTS, clause.scope);
  const bounds = presentIn(BOUND_PARTS, clause.bounds);
  const scopeText = useScopeText();
  const boundText = useBoundText();
  return (
    <dl className={styles.facts}>
      {scope.length === 0 && (
        <div>
          <dt>{t("scope")}</dt>
          <dd>{t("scope.all")}</dd>
        </div>
      )}
      {scope.map((part) => (
        <div key={part}>
          <dt>{t(`scope.${part}`)}</dt>
          <dd>{scopeText(clause.scope, part)}</dd>
        </div>
      ))}
      {bounds.map((part) => (
        <div key={part}>
          <dt>{t(`bound.${part}`)}</dt>
          <dd>{boundText(clause.bounds, part)}</dd>
        </div>
      ))}
    </dl>
  );
}

function useScopeText(): (scope: PolicyScope, part: ScopePart) => string {
  const t = data.useT();
  const format = useFormat();
  const agreements = useAgreementNames();
  return (scope, part) => {
    switch (part) {
      case "uses":
        return (scope.uses ?? []).map((use) => t(`use.${use}`)).join(", ");
      case "after":
        return (scope.after ?? []).map((one) => t(`after.${one}`)).join(", ");
      case "valid_from":
      case "valid_until":
        return format.time(scope[part]);
      case "agreements":
        return (scope.agreements ?? []).map((id) => agreements.get(id) ?? id).join(", ");
      default:
        return ((scope[part] ?? []) as string[]).join(", ");
    }
  };
}

function useBoundText(): (bounds: PolicyBounds, part: BoundPart) => string {
  const t = data.useT();
  const format = useFormat();
  return (bounds, part) => {
    switch (part) {
      case "dp": {
        const { epsilon = 0, total = 0, accountant = "pure" } = bounds.dp ?? {};
        return t("bound.dp.said", { epsilon, total, accountant: t(`accountant.${accountant}`) });
      }
      case "probing":
        return t("bound.probing.said", { runs: bounds.probing?.runs ?? 0, days: bounds.probing?.days ?? 30 });
      case "rate": {
        const { jobs, rows, hours = 24 } = bounds.rate ?? {};
        const parts = [
          jobs == null ? undefined : t("bound.rate.jobs", { jobs }),
          rows == null ? undefined : t("bound.rate.rows", { rows }),
        ].filter((one) => one !== undefined);
        return t("bound.rate.said", { what: parts.join(", "), hours });
      }
      case "dominance":
        return format.percent(bounds.dominance);
      case "obligations":
        return (bounds.obligations ?? []).join(", ");
      default:
        return format.number(bounds[part]);
    }
  };
}
