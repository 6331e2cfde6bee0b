/** What a person may do with an agreement now. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../../api/hooks";
import type { Agreement } from "../../api/types";
import { notify } from "../../core/notify";
import { Can } from "../../core/permissions";
import { useCodeText } from "../../core/problems";
import { useMe } from "../../core/session";
import { Confirm } from "../../ui/Confirm";
import { Link } from "../../ui/Link";
import styles from "./projects.module.css";
import { isOwnOffer, mayAmend, mayCounter, mayDecide, mayEnd } from "./state";
import { TermsView } from "./TermsView";
import { termsOf } from "./terms";
import { projects } from "./texts";
import { useOwnItem } from "./waiting";

type Act = "approve" | "reject" | "terminate";

export function Decide({ agreement }: { agreement: Agreement }) {
  const t = projects.useT();
  const me = useMe().node?.name;
  const codeText = useCodeText();
  const obstacle = useOwnItem(agreement)?.obstacle;
  const why = obstacle ? (codeText(obstacle) ?? obstacle) : undefined;
  const [asked, setAsked] = useState<Act>();
  const revise = (way: string): string => `/projects/${encodeURIComponent(agreement.id)}/terms?as=${way}`;
  const isOpen = mayDecide(agreement);
  return (
    <>
      {mayEnd(agreement) && !isOpen && (agreement.state === "ACTIVE" || agreement.state === "PROPOSED") && (
        <Can action="agreement.terminate">
          <Button variant="default" onClick={() => setAsked("terminate")}>
            {t(endOf(agreement, me))}
          </Button>
        </Can>
      )}
      {isOpen && (
        <Can action="agreement.approve" why={why}>
          <Button variant="default" onClick={() => setAsked("reject")}>
            {t("reject")}
          </Button>
        </Can>
      )}
      {mayCounter(agreement) && (
        <Can action="agreement.negotiate">
          <Button component={Link} href={revise("counter")} variant="default">
            {t("counter")}
          </Button>
        </Can>
      )}
      {mayAmend(agreement) && (
        <Can action="agreement.amend">
          <Button component={Link} href={revise("amend")} variant="default">
            {t("amend")}
          </Button>
        </Can>
      )}
      {agreement.state === "ACTIVE" && (
        <Can action="flow.write">
          <Button component={Link} href={`/flows/new?agreement=${encodeURIComponent(agreement.id)}`}>
            {t("new_flow")}
          </Button>
        </Can>
      )}
      {isOpen && (
        <Can action="agreement.approve" why={why}>
          <Button onClick={() => setAsked("approve")}>{t("approve")}</Button>
        </Can>
      )}
      <Approve agreement={agreement} opened={asked === "approve"} onClose={() => setAsked(undefined)} />
      <Reject agreement={agreement} opened={asked === "reject"} onClose={() => setAsked(undefined)} />
      <Terminate agreement={agreement} opened={asked === "terminate"} onClose={() => setAsked(undefined)} />
    </>
  );
}

/** What ending it is called: by whoever made the offer, by another member, of what is in force. */
const endOf = (agreement: Agreement, me: string | undefined) =>
  agreement.state !== "PROPOSED" ? "terminate" : isOwnOffer(agreement, me) ? "withdraw" : "break_off";

interface DialogProps {
  agreement: Agreement;
  opened: boolean;
  onClose: () => void;
}

const TOUCHED = [
  "/agreements",
  "/agreements/{agreement}",
  "/agreements/{agreement}/negotiation",
  "/inbox",
  "/inbox/counts",
] as const;

function Approve({ agreement, opened, onClose }: DialogProps) {
  const t = projects.useT();
  const act = useAct("post", "/agreements/{agreement}/approve", { invalidates: [...TOUCHED] });
  const approve = async (): Promise<void> => {
    const after = await act.mutateAsync({ path: { agreement: agreement.id }, query: { hash: agreement.hash } });
    notify({ tone: "ok", text: mayDecide(after) ? t("approve.waits") : t("approve.done") });
  };
  const { name, version } = agreement;
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={t("approve.title", { name, version: String(version) })}
      text={t("approve.text")}
      label={t("approve")}
      onConfirm={approve}
    >
      <div className={styles.signed}>
        <TermsView terms={termsOf(agreement)} />
      </div>
      <p className={styles.hash}>
        <span>{t("facts.hash")}</span> <code>{agreement.hash}</code>
      </p>
    </Confirm>
  );
}

function Reject({ agreement, opened, onClose }: DialogProps) {
  const t = projects.useT();
  const act = useAct("post", "/agreements/{agreement}/reject", {
    invalidates: [...TOUCHED],
    success: t("reject.done"),
  });
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={t("reject.title", { name: agreement.name })}
      text={t("reject.text")}
      label={t("reject")}
      danger
      onConfirm={() => act.mutateAsync({ path: { agreement: agreement.id } })}
    />
  );
}

function Terminate({ agreement, opened, onClose }: DialogProps) {
  const t = projects.useT();
  const me = useMe().node?.name;
  const open = agreement.state === "PROPOSED";
  const act = useAct("post", "/agreements/{agreement}/terminate", {
    invalidates: [...TOUCHED, "/jobs"],
    success: t("terminate.done"),
  });
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={t("terminate.title", { name: agreement.name })}
      text={t(open ? "withdraw.text" : "terminate.text")}
      label={t(endOf(agreement, me))}
      danger
      typeToConfirm={open ? undefined : agreement.name}
      onConfirm={() => act.mutateAsync({ path: { agreement: agreement.id } })}
    />
  );
}
