/** Two versions of a model side by side: the reports of the jobs that saved them. */
import { Button, NativeSelect } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import type { Model, ModelVersion } from "../../api/types";
import { useFormat } from "../../core/format";
import { Loading } from "../../ui/Async";
import { Section } from "../../ui/Section";
import styles from "./Models.module.css";
import { useJob } from "./metrics";
import { models } from "./texts";

const Compared = lazy(async () => ({ default: (await import("../../results/Compared")).Compared }));

interface CompareProps {
  model: Model;
  version: ModelVersion;
}

/** Not there where no other version knows its job. */
export function CompareVersions({ model, version }: CompareProps) {
  const others = model.versions.filter((each) => each.version !== version.version && each.job_id !== null);
  return others.length === 0 || version.job_id === null ? null : <Choose version={version} others={others} />;
}

function Choose({ version, others }: { version: ModelVersion; others: ModelVersion[] }) {
  const t = models.useT();
  const format = useFormat();
  const [chosen, setChosen] = useState(others[0]?.version ?? "");
  const [shown, setShown] = useState<string>();
  const other = others.find((each) => each.version === shown);
  return (
    <Section title={t("compare")} lead={t("compare.lead")}>
      <div className={styles.compare}>
        <NativeSelect
          label={t("compare.with")}
          value={chosen}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={others.map((each) => ({
            value: each.version,
            label: `${each.version} · ${format.time(each.created_at)}`,
          }))}
        />
        <Button variant="default" onClick={() => setShown(chosen)}>
          {t("compare.show")}
        </Button>
      </div>
      {other !== undefined && <Sides key={other.version} a={version} b={other} />}
    </Section>
  );
}

function Sides({ a, b }: { a: ModelVersion; b: ModelVersion }) {
  const t = models.useT();
  const [one, other] = [useJob(a.job_id), useJob(b.job_id)];
  if (one === undefined || other === undefined) return <Loading height={240} />;
  return (
    <div className={styles.results}>
      <p className={styles.soft}>{t("compare.sides", { a: a.version, b: b.version })}</p>
      <Suspense fallback={<Loading height={320} />}>
        <Compared a={one} b={other} />
      </Suspense>
    </div>
  );
}
