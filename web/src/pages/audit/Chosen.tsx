/** Entries about one thing, or of one person, as the node finds them: nobody waits for the whole trail. */
import { useMemo } from "react";
import { Actor } from "../../actors/Actor";
import { usePages } from "../../api/hooks";
import type { ChainBreak } from "../../core/crypto";
import { Async } from "../../ui/Async";
import { Link } from "../../ui/Link";
import styles from "./Audit.module.css";
import { type Choice, placeOf } from "./choice";
import { Entries } from "./Entries";
import { Subject } from "./Subject";
import { audit } from "./texts";
import { useActWords, useAreaWords } from "./words";

const PAGE = 500;

export function Chosen({ by, broken }: { by: Choice; broken?: ChainBreak }) {
  const { items, more, query } = usePages("/audit", { query: { ...by, order: "newest", limit: PAGE } });
  const entries = useMemo(() => [...items].reverse(), [items]);
  return (
    <Async query={query} empty={() => false} height={320}>
      {() => <Entries key={placeOf(by)} entries={entries} broken={broken} chosen={<By choice={by} />} more={more} />}
    </Async>
  );
}

function By({ choice }: { choice: Choice }) {
  const t = audit.useT();
  const { subject, actor, act } = choice;
  return (
    <span className={styles.line}>
      {subject !== undefined && (
        <span>
          {t("subject")} <Subject of={subject} />
        </span>
      )}
      {actor !== undefined && (
        <span>
          {t("actor")} <Actor of={actor} />
        </span>
      )}
      {act !== undefined && <Act of={act} />}
      <Link href={placeOf({})}>{t("only.none")}</Link>
    </span>
  );
}

function Act({ of }: { of: string }) {
  const t = audit.useT();
  const [act, area] = [useActWords(), useAreaWords()];
  return of.includes(".") ? (
    <span>
      {t("act")} {act(of)}
    </span>
  ) : (
    <span>
      {t("area")} {area(of)}
    </span>
  );
}
