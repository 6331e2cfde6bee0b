/** Compares the flow with one that ran or was approved: in words here, in colours on the canvas. */
import { Button, Group, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { get, useGet } from "../../api/hooks";
import type { Job } from "../../api/types";
import { useStore } from "../../core/store";
import { core } from "../../core/texts";
import { Async, Empty, Loading } from "../../ui/Async";
import { StateBadge } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { diffFlows } from "../diff";
import type { FlowDoc } from "../document";
import { sides } from "../sides/texts";
import { useFlow, useFlowStore } from "../store";
import { base } from "./base";
import { dialog } from "./dialogs";
import styles from "./Exchange.module.css";

const DiffView = lazy(() => import("../diff/DiffView"));

export function Compare() {
  const t = sides.useT();
  const common = core.useT();
  const opened = useStore(dialog) === "compare";
  return (
    <Modal
      opened={opened}
      onClose={() => dialog.set(undefined)}
      size="xl"
      title={t("compare")}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      {opened && <Content />}
    </Modal>
  );
}

function Content() {
  const t = sides.useT();
  const name = useFlow((state) => state.doc.name);
  const jobs = useGet("/jobs", { query: { limit: 200 } });
  const [chosen, setChosen] = useState<string>();
  return (
    <div className={styles.stack}>
      <p className={styles.lead}>{t("compare.lead")}</p>
      <Async query={jobs} empty={(found) => found.items.length === 0} emptyView={<Empty text={t("compare.none")} />}>
        {(found) => <Jobs jobs={likely(found.items, name)} chosen={chosen} onChoose={setChosen} />}
      </Async>
      {chosen !== undefined && <Difference job={chosen} />}
    </div>
  );
}

/** Those of the same name first; of these, the ones that everybody agreed to. */
export function likely(jobs: readonly Job[], name: string): Job[] {
  const rank = (job: Job): number => (job.name === name ? 0 : 2) + (AGREED.has(job.state) ? 0 : 1);
  return [...jobs]
    .sort((one, other) => rank(one) - rank(other) || other.created_at.localeCompare(one.created_at))
    .slice(0, 12);
}

const AGREED = new Set(["READY", "RUNNING", "FINISHED"]);

function Jobs({ jobs, chosen, onChoose }: { jobs: Job[]; chosen: string | undefined; onChoose: (id: string) => void }) {
  const t = sides.useT();
  return (
    <fieldset className={styles.jobs}>
      <legend>{t("compare.with")}</legend>
      {jobs.map((job) => (
        <label key={job.id} className={styles.job}>
          <input type="radio" name="compared" checked={chosen === job.id} onChange={() => onChoose(job.id)} />
          <span className={styles.job_name}>{job.name}</span>
          <StateBadge state={job.state} />
          <Time at={job.created_at} />
        </label>
      ))}
    </fieldset>
  );
}

function Difference({ job: id }: { job: string }) {
  const t = sides.useT();
  const store = useFlowStore();
  const now = useFlow((state) => state.doc);
  const job = useQuery({
    queryKey: ["/jobs/{job_id}", { path: { job_id: id } }],
    queryFn: ({ signal }) => get("/jobs/{job_id}", { path: { job_id: id } }, signal),
  });
  return (
    <Async query={job}>
      {(found) => {
        const before = found.flow as unknown as FlowDoc;
        const show = (): void => {
          base.set({ store, doc: before });
          store.put({ diff: diffFlows(before, store.get().doc, store.get().specs), view: "canvas" });
          dialog.set(undefined);
        };
        return (
          <>
            <Suspense fallback={<Loading height={80} />}>
              <DiffView before={before} after={now} />
            </Suspense>
            <Group justify="flex-end">
              <Button variant="default" onClick={show}>
                {t("compare.show")}
              </Button>
            </Group>
          </>
        );
      }}
    </Async>
  );
}
