/** A job as a document for people who were not there: on screen, on paper, as a file. */
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { get, useGet } from "../api/hooks";
import type { JobDetail } from "../api/types";
import { fileName, save } from "../charts/csv";
import { languageNow } from "../core/language";
import { type PageProps, to } from "../core/nav";
import { notify } from "../core/notify";
import { Async } from "../ui/Async";
import { Link } from "../ui/Link";
import { htmlOf } from "./html";
import styles from "./report.module.css";
import { Sheet } from "./Sheet";
import { report } from "./texts";

const PATIENCE_MS = 15_000;

export default function ReportPage({ params }: PageProps) {
  const query = useGet("/jobs/{job_id}", { path: { job_id: params.id ?? "" } });
  return (
    <div className={styles.desk} data-mantine-color-scheme="light">
      <Async query={query} height={600}>
        {(job) => <Desk job={job} />}
      </Async>
    </div>
  );
}

function Desk({ job }: { job: JobDetail }) {
  const t = report.useT();
  const client = useQueryClient();
  const article = useRef<HTMLElement>(null);
  const [busy, setBusy] = useState(false);
  const whole = async (act: (sheet: HTMLElement) => Promise<void> | void): Promise<void> => {
    setBusy(true);
    try {
      const sheet = article.current;
      if (sheet === null) return;
      await until(() => client.isFetching() === 0 && sheet.querySelector("[data-waiting], [data-late]") === null);
      await act(sheet);
    } finally {
      setBusy(false);
    }
  };
  const file = async (sheet: HTMLElement): Promise<void> => {
    const receipt = job.has_receipt ? await get("/jobs/{job_id}/receipt", { path: { job_id: job.id } }) : undefined;
    const title = `${t("title", { name: job.name })}`;
    const html = htmlOf(sheet, { title, language: languageNow(), receipt });
    save(`${fileName(job.name, "report")}.html`, html, "text/html;charset=utf-8");
    notify({ tone: "ok", text: t("saved") });
  };
  return (
    <>
      <nav className={styles.bar} aria-label={t("bar")}>
        <Button variant="default" component={Link} href={to.job(job.id)}>
          {t("back")}
        </Button>
        <span className={styles.gap} />
        <Button variant="default" loading={busy} onClick={() => void whole(file)}>
          {t("save_html")}
        </Button>
        <Button loading={busy} onClick={() => void whole(() => window.print())}>
          {t("print")}
        </Button>
      </nav>
      <main>
        <article ref={article} className={styles.sheet}>
          <Sheet job={job} />
        </article>
      </main>
    </>
  );
}

/** Everything is on the page, or patience is at an end. */
async function until(ready: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!ready() && Date.now() < end) await new Promise((resolve) => window.setTimeout(resolve, 100));
}
