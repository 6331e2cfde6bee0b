/** Where somebody is signed in. */
import { Button } from "@mantine/core";
import type { SignInSession } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { settings } from "./texts";

interface SessionsProps {
  rows: SignInSession[];
  onMore?: () => void;
  /** Without it, sessions can only be looked at. */
  onEnd?: (session: SignInSession) => Promise<unknown>;
}

const WAYS = ["password", "code", "oidc"] as const;
type Way = (typeof WAYS)[number];

/** "Firefox on Linux" of a long text that browsers send. */
export function browserOf(agent: string): string {
  const browser = /(Edg|OPR|Firefox|Chromium|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1];
  const known = browser === "Edg" ? "Edge" : browser === "OPR" ? "Opera" : browser;
  return [known, system].filter(Boolean).join(" · ") || agent.slice(0, 60);
}

export function Sessions({ rows, onMore, onEnd }: SessionsProps) {
  const t = settings.useT();
  const way = (how: string): string => {
    const known: Way | undefined = WAYS.find((each) => each === how);
    return known === undefined ? how : t(`how.${known}`);
  };
  const columns: Col<SignInSession>[] = [
    {
      key: "agent",
      title: t("session.browser"),
      cell: (row) => (
        <span title={row.agent} data-raw>
          {browserOf(row.agent)}
        </span>
      ),
    },
    {
      key: "address",
      title: t("session.address"),
      sort: (row) => row.address,
      cell: (row) => <code>{row.address}</code>,
    },
    { key: "how", title: t("session.how"), sort: (row) => row.how, cell: (row) => way(row.how) },
    {
      key: "since",
      title: t("session.since"),
      sort: (row) => row.created_at,
      cell: (row) => <Time at={row.created_at} />,
    },
    {
      key: "seen",
      title: t("session.seen"),
      sort: (row) => row.seen_at,
      cell: (row) => <Time at={row.seen_at} how="ago" />,
    },
    {
      key: "until",
      title: t("session.until"),
      sort: (row) => row.expires_at,
      cell: (row) => <Time at={row.expires_at} />,
    },
    {
      key: "end",
      title: t("actions"),
      hiddenTitle: true,
      align: "right",
      cell: (row) => {
        if (row.current) return <Badge tone="ok">{t("session.this")}</Badge>;
        return onEnd === undefined ? null : (
          <Button size="compact-sm" variant="default" onClick={() => void onEnd(row)}>
            {t("session.end")}
          </Button>
        );
      },
    },
  ];
  return (
    <DataTable
      caption={t("sessions")}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      onMore={onMore}
      sort="-seen"
    />
  );
}
