/** Jobs of this flow: one of them can be shown on the canvas. */
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { get, useGet } from "../../api/hooks";
import { to } from "../../core/nav";
import { useMe } from "../../core/session";
import { Async } from "../../ui/Async";
import { StateBadge } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import { sides } from "../sides/texts";
import { useFlow, useFlowStore } from "../store";
import styles from "./Bottom.module.css";
import { belongs } from "./belongs";

export function Runs() {
  const t = sides.useT();
  const me = useMe();
  const store = useFlowStore();
  const client = useQueryClient();
  const name = useFlow((state) => state.doc.name);
  const run = useFlow((state) => state.run?.id);
  const hash = useFlow((state) => state.hash);
  const jobs = useGet("/jobs", { query: { limit: 200 } }, { enabled: me.can("job.read") });
  if (!me.can("job.read")) return <p className={styles.quiet}>{t("runs.not_allowed")}</p>;
  const show = async (id: string): Promise<void> => {
    const job = await client.fetchQuery({
      queryKey: ["/jobs/{job_id}", { path: { job_id: id } }],
      queryFn: ({ signal }) => get("/jobs/{job_id}", { path: { job_id: id } }, signal),
    });
    store.put({ run: job });
  };
  return (
    <Async
      query={jobs}
      empty={(found) => !found.items.some((job) => belongs(job.name, name))}
      emptyView={<p className={styles.quiet}>{t("runs.none")}</p>}
    >
      {(found) => (
        <ul className={styles.runs}>
          {found.items
            .filter((job) => belongs(job.name, name))
            .map((job) => (
              <li key={job.id}>
                <Link href={to.job(job.id)}>{job.name}</Link>
                <StateBadge state={job.state} />
                <Time at={job.created_at} />
                <span className={styles.same}>{job.flow_hash === hash ? t("runs.same") : ""}</span>
                {run === job.id ? (
                  <Button size="compact-xs" variant="default" onClick={() => store.put({ run: undefined })}>
                    {t("runs.hide")}
                  </Button>
                ) : (
                  <Button size="compact-xs" variant="default" onClick={() => void show(job.id)}>
                    {t("runs.show")}
                  </Button>
                )}
              </li>
            ))}
        </ul>
      )}
    </Async>
  );
}
