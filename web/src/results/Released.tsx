/** Results of sensitive data are shown after somebody released them; until then, how to ask for it. */
import { Button, Group, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Problem } from "../api/client";
import { useAct } from "../api/hooks";
import { to } from "../core/nav";
import { Can } from "../core/permissions";
import { Diagnostic } from "../ui/Diagnostic";
import { Link } from "../ui/Link";
import { Card } from "../ui/Section";
import parts from "./parts.module.css";
import { results } from "./texts";

interface ReleasedProps {
  query: { error: unknown; data: unknown };
  job: string;
  children: ReactNode;
}

export const isHeldBack = (error: unknown): boolean => error instanceof Problem && error.code === "result.not_released";

export function Released({ query, job, children }: ReleasedProps) {
  return query.data === undefined && isHeldBack(query.error) ? <AskFor job={job} /> : children;
}

export function AskFor({ job }: { job: string }) {
  const t = results.useT();
  const [reason, setReason] = useState("");
  const ask = useAct("post", "/inbox/releases", { invalidates: ["/inbox", "/inbox/counts"] });
  if (ask.data !== undefined) {
    return (
      <Card tone="ok">
        {t("release.asked")} <Link href={to.item(ask.data.id)}>{t("release.item")}</Link>
      </Card>
    );
  }
  return (
    <Card tone="warn">
      <h3 className={parts.heading}>{t("release.title")}</h3>
      <p>{t("release.text")}</p>
      <Can action="result.request">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            ask.mutate({ body: { job_id: job, reason } });
          }}
        >
          <Textarea
            label={t("release.reason")}
            value={reason}
            maxLength={500}
            autosize
            minRows={2}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {ask.error && <Diagnostic problem={ask.error} compact />}
          <Group mt="sm">
            <Button type="submit" loading={ask.isPending}>
              {t("release.ask")}
            </Button>
          </Group>
        </form>
      </Can>
    </Card>
  );
}
