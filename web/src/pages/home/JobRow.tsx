/** Jobs as the home page lists them. */
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { Job } from "../../api/types";
import { to } from "../../core/nav";
import { Link } from "../../ui/Link";
import { Party } from "../../ui/Party";
import styles from "./home.module.css";
import { home } from "./texts";

interface JobRowProps {
  job: Job;
  /** Where the name leads. */
  tab?: string;
  /** Names who takes part. */
  parties?: boolean;
  /** At the end of the line. */
  aside: ReactNode;
  children: ReactNode;
}

export function JobRow({ job, tab, parties, aside, children }: JobRowProps) {
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <Link href={to.job(job.id, tab)} className={styles.name}>
          {job.name}
        </Link>
        {parties && <Parties names={Object.keys(job.parties)} />}
        {children}
      </div>
      {aside}
    </li>
  );
}

export function Parties({ names }: { names: string[] }) {
  return (
    <div className={styles.parties}>
      {names.map((name) => (
        <Party key={name} name={name} size="sm" />
      ))}
    </div>
  );
}

export function AllJobs() {
  const t = home.useT();
  return (
    <Button component={Link} href="/jobs" variant="subtle" size="compact-sm">
      {t("jobs.all")}
    </Button>
  );
}
