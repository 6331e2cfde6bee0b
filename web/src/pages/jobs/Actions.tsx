/** What can be done with a job, in its present state and by this person. */
import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import { useGet } from "../../api/hooks";
import type { JobDetail } from "../../api/types";
import { IconChevronDown } from "../../core/icons";
import { to } from "../../core/nav";
import { Can } from "../../core/permissions";
import { useMe } from "../../core/session";
import { Link } from "../../ui/Link";
import { Again } from "./Again";
import { failedStep, isSettled } from "./causes";
import { Cancel, Reject, Remove } from "./Endings";
import { isRetriable, Retry } from "./Retry";
import { jobs } from "./texts";

type Dialog = "cancel" | "reject" | "retry" | "again" | "from" | "remove";

export function Actions({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const me = useMe();
  const [dialog, setDialog] = useState<Dialog>();
  const close = (): void => setDialog(undefined);
  const ended = job.ended_at !== null;
  const failed = failedStep(job);
  const waits = job.state === "PENDING" && !job.mine && job.decision !== "APPROVED" && job.decision !== "REJECTED";
  return (
    <>
      {waits && <Decide job={job} />}
      {waits && (
        <Can action="job.approve">
          <Button variant="default" onClick={() => setDialog("reject")}>
            {t("reject")}
          </Button>
        </Can>
      )}
      {!ended && !waits && (
        <Can action="job.cancel">
          <Button variant="default" onClick={() => setDialog("cancel")}>
            {t("cancel")}
          </Button>
        </Can>
      )}
      {isRetriable(job) && (
        <Can action="job.retry">
          <Button variant={isSettled(job) ? "default" : "filled"} onClick={() => setDialog("retry")}>
            {failed === undefined ? t("retry.act") : t("retry.from", { step: failed })}
          </Button>
        </Can>
      )}
      {job.state === "FINISHED" && (
        <Button variant="default" component={Link} href={to.jobReport(job.id)}>
          {t("report")}
        </Button>
      )}
      <More
        job={job}
        ended={ended}
        open={setDialog}
        canSubmit={me.can("job.submit")}
        canRemove={me.can("result.remove")}
      />
      <Cancel job={job} opened={dialog === "cancel"} onClose={close} />
      <Reject job={job} opened={dialog === "reject"} onClose={close} />
      <Remove job={job} opened={dialog === "remove"} onClose={close} />
      {dialog === "retry" && <Retry job={job} onClose={close} />}
      {(dialog === "again" || dialog === "from") && (
        <Again key={dialog} job={job} from={dialog === "from" ? failedStep(job) : undefined} onClose={close} />
      )}
    </>
  );
}

/** Leads to where it is decided, with everything that is to be known. */
function Decide({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const me = useMe();
  const inbox = useGet(
    "/inbox",
    { query: { state: "open", kind: "job", limit: 200 } },
    { enabled: me.can("inbox.read") },
  );
  const item = inbox.data?.items.find((open) => open.subject === job.id);
  if (item === undefined) return null;
  return (
    <Button component={Link} href={to.item(item.id)}>
      {t("decide")}
    </Button>
  );
}

interface MoreProps {
  job: JobDetail;
  ended: boolean;
  open: (dialog: Dialog) => void;
  canSubmit: boolean;
  canRemove: boolean;
}

function More({ job, ended, open, canSubmit, canRemove }: MoreProps) {
  const t = jobs.useT();
  const failed = failedStep(job);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
          {t("more")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {canSubmit && <Menu.Item onClick={() => open("again")}>{t("again")}</Menu.Item>}
        {canSubmit && job.state === "FAILED" && failed !== undefined && (
          <Menu.Item onClick={() => open("from")}>{t("again.from", { step: failed })}</Menu.Item>
        )}
        <Menu.Item component={Link} href={`/jobs/compare?a=${encodeURIComponent(job.id)}`}>
          {t("compare.with")}
        </Menu.Item>
        {ended && canRemove && (
          <>
            <Menu.Divider />
            <Menu.Item color="red" onClick={() => open("remove")}>
              {t("remove")}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
