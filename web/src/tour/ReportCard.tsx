/** The proof of what was done, the same in code, and the way from a demo to the real thing. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { act, useAct, useGet } from "../api/hooks";
import { to } from "../core/nav";
import { useChairs } from "../demo/Chairs";
import { Badge } from "../ui/Badge";
import { Copy } from "../ui/Copy";
import { Diagnostic } from "../ui/Diagnostic";
import { Link } from "../ui/Link";
import { useByHand } from "./by_hand";
import { change, follow, useProgress } from "./progress";
import type { Stage } from "./stage";
import styles from "./Tour.module.css";
import { tour } from "./texts";

export function ReportCard({ stage }: { stage: Stage }) {
  const t = tour.useT();
  const { train, intersect } = useProgress();
  const byHand = useByHand(stage);
  const id = [train, intersect, byHand.train?.id, byHand.intersect?.id].find((one) => one !== undefined);
  return (
    <>
      <p>{t("report.text")}</p>
      {id === undefined ? <p className={styles.small}>{t("report.no_job")}</p> : <Proof id={id} stage={stage} />}
      <Own stage={stage} />
      <Real stage={stage} />
    </>
  );
}

function Proof({ id, stage }: { id: string; stage: Stage }) {
  const t = tour.useT();
  const verify = useAct("post", "/jobs/{job_id}/receipt/verify");
  const check = (): void => verify.mutate({ path: { job_id: id } }, { onSuccess: () => change({ read: true }) });
  return (
    <>
      <div className={styles.buttons}>
        <There stage={stage} place={to.jobReport(id)}>
          {t("report.open")}
        </There>
        <Button size="compact-sm" loading={verify.isPending} onClick={check}>
          {t("report.verify")}
        </Button>
      </div>
      {verify.data && (
        <p role="status">
          <Badge tone={verify.data.ok ? "ok" : "bad"}>
            {verify.data.ok ? t("report.ok", { count: verify.data.checks.length }) : t("report.not_ok")}
          </Badge>
        </p>
      )}
      {verify.error && <Diagnostic problem={verify.error} compact />}
      <SameInCode id={id} />
    </>
  );
}

function SameInCode({ id }: { id: string }) {
  const t = tour.useT();
  const flow = useGet("/jobs/{job_id}", { path: { job_id: id } }).data?.flow;
  const texts = useQuery({
    queryKey: ["tour", "convert", id],
    enabled: flow !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => act("post", "/flows/convert", { body: { flow } }),
  }).data;
  if (texts === undefined) return null;
  return (
    <div className={styles.line}>
      <span>{t("report.same")}</span>
      <Copy value={texts.python} what={t("report.python")} label />
      <Copy value={texts.yaml} what={t("report.yaml")} label />
    </div>
  );
}

/** A button to a place of the first chair: the test results, and the data of whoever walks, are there. */
function There({ stage, place, children }: { stage: Stage; place: string; children: ReactNode }) {
  const sit = useChairs();
  const look = { variant: "default", size: "compact-sm" } as const;
  if (stage.own !== stage.first) {
    return (
      <Button {...look} onClick={() => sit(stage.first, place)}>
        {children}
      </Button>
    );
  }
  return (
    <Button component={Link} href={place} onClick={() => follow(place)} {...look}>
      {children}
    </Button>
  );
}

function Own({ stage }: { stage: Stage }) {
  const t = tour.useT();
  return (
    <section className={styles.real} aria-label={t("own")}>
      <h3>{t("own")}</h3>
      <p>{t("own.text", { first: stage.first.name, partner: stage.partner.name })}</p>
      <div className={styles.buttons}>
        <There stage={stage} place="/data/connect">
          {t("real.data")}
        </There>
      </div>
    </section>
  );
}

const COMMANDS = [
  "tacit node init NAME --peer-address HOST:7304",
  "tacit node run",
  "tacit peer invite",
  "tacit peer accept CODE",
  "tacit doctor",
];

function Real({ stage }: { stage: Stage }) {
  const t = tour.useT();
  return (
    <section className={styles.real} aria-label={t("real")}>
      <h3>{t("real")}</h3>
      <p>{t("real.text", { partner: stage.partner.name })}</p>
      <ol className={styles.commands}>
        {COMMANDS.map((command) => (
          <li key={command}>
            <code>{command}</code>
            <Copy value={command} />
          </li>
        ))}
      </ol>
      <div className={styles.buttons}>
        <Button component={Link} href="/operations" variant="default" size="compact-sm">
          {t("real.partner")}
        </Button>
      </div>
    </section>
  );
}
