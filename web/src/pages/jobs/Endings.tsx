/** Ending a job or a wait: cancel, reject, delete what it left. */
import { Textarea } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../../api/hooks";
import type { JobDetail } from "../../api/types";
import { Confirm } from "../../ui/Confirm";
import { jobs } from "./texts";

interface EndingProps {
  job: JobDetail;
  opened: boolean;
  onClose: () => void;
}

/** Why, for this node's own audit trail. */
export function Reason({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = jobs.useT();
  return (
    <Textarea
      mt="md"
      label={t("reason")}
      description={t("reason.stays")}
      value={value}
      maxLength={500}
      autosize
      minRows={2}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function Cancel({ job, opened, onClose }: EndingProps) {
  const t = jobs.useT();
  const [reason, setReason] = useState("");
  const cancel = useAct("post", "/jobs/{job_id}/cancel", {
    invalidates: ["/jobs", "/jobs/{job_id}"],
    success: t("cancelled", { name: job.name }),
  });
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={t("cancel.title")}
      text={t("cancel.text", { name: job.name })}
      label={t("cancel.act")}
      danger
      onConfirm={() => cancel.mutateAsync({ path: { job_id: job.id }, body: { reason } })}
    >
      <Reason value={reason} onChange={setReason} />
    </Confirm>
  );
}

export function Reject({ job, opened, onClose }: EndingProps) {
  const t = jobs.useT();
  const [reason, setReason] = useState("");
  const reject = useAct("post", "/jobs/{job_id}/reject", {
    invalidates: ["/jobs", "/jobs/{job_id}", "/inbox", "/inbox/counts"],
    success: t("rejected", { name: job.name }),
  });
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={t("reject.title")}
      text={t("reject.text", { party: job.initiator })}
      label={t("reject")}
      danger
      onConfirm={() => reject.mutateAsync({ path: { job_id: job.id }, body: { reason } })}
    >
      <Reason value={reason} onChange={setReason} />
    </Confirm>
  );
}

export function Remove({ job, opened, onClose }: EndingProps) {
  const t = jobs.useT();
  const remove = useAct("delete", "/jobs/{job_id}/results", {
    invalidates: ["/jobs/{job_id}/results"],
    success: t("removed"),
  });
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={t("remove.title")}
      text={t("remove.text")}
      label={t("remove.act")}
      danger
      typeToConfirm={job.name}
      onConfirm={() => remove.mutateAsync({ path: { job_id: job.id } })}
    />
  );
}
