/** The way back to the work: the project, and the flow that was drawn last in it. */
import { Button } from "@mantine/core";
import { useGet } from "../../api/hooks";
import type { Agreement, FlowDraftSummary } from "../../api/types";
import { to } from "../../core/nav";
import { useMe } from "../../core/session";
import { useW } from "../../core/texts";
import { Time } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import { Section } from "../../ui/Section";
import { lastWork, type Work } from "./go_on";
import styles from "./home.module.css";
import { Parties } from "./JobRow";
import { useJobs } from "./jobs";
import { home } from "./texts";

export function GoOn() {
  const t = home.useT();
  const { project, flow } = useWork();
  if (project === undefined && flow === undefined) return null;
  return (
    <Section title={t("go_on")} flush>
      <ul className={styles.rows}>
        {project !== undefined && <Project project={project} />}
        {flow !== undefined && <Flow flow={flow} />}
      </ul>
    </Section>
  );
}

function useWork(): Work {
  const me = useMe();
  const many = { query: { limit: 500 } };
  const agreements = useGet("/agreements", many, { enabled: me.can("agreement.read") });
  const flows = useGet("/flows", { query: { limit: 100 } }, { enabled: me.can("flow.read") });
  const jobs = useJobs();
  if (agreements.isLoading || flows.isLoading || jobs.isLoading) return {}; // no guess that is soon another
  const known = { agreements: agreements.data?.items ?? [], flows: flows.data?.items ?? [] };
  return lastWork({ ...known, jobs: jobs.data?.items ?? [] }, me.name);
}

function Project({ project }: { project: Agreement }) {
  const t = home.useT();
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <Link href={to.agreement(project.id)} className={styles.name}>
          {project.name}
        </Link>
        <Parties names={project.members} />
      </div>
      <Button component={Link} href={to.agreement(project.id)} variant="default" size="compact-sm">
        {t("go_on.project")}
      </Button>
    </li>
  );
}

function Flow({ flow }: { flow: FlowDraftSummary }) {
  const t = home.useT();
  const w = useW();
  const title = w({ zh: flow.title?.zh ?? "", en: flow.title?.en ?? "" }) || flow.name;
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <Link href={to.flow(flow.id)} className={styles.name}>
          {title}
        </Link>
        <p className={styles.small}>
          {t("go_on.flow", { count: flow.steps })} · <Time at={flow.updated_at} how="ago" />
        </p>
      </div>
      <Button component={Link} href={to.flow(flow.id)} variant="default" size="compact-sm">
        {t("go_on.draw")}
      </Button>
    </li>
  );
}
