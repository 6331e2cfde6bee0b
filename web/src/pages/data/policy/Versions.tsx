/** All versions of a policy, and what can be done with each. */
import { Button, Group } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "../../../api/client";
import { act, get, useAct, useGet } from "../../../api/hooks";
import type { PolicyVersion, TrialResult } from "../../../api/types";
import { notify } from "../../../core/notify";
import { Can } from "../../../core/permissions";
import { useProblemText } from "../../../core/problems";
import { Async, Empty } from "../../../ui/Async";
import { Badge } from "../../../ui/Badge";
import { Confirm } from "../../../ui/Confirm";
import { type Col, DataTable } from "../../../ui/DataTable";
import { Time } from "../../../ui/Diagnostic";
import { Dialog } from "../../../ui/Dialog";
import { Section } from "../../../ui/Section";
import { usePerson } from "../people";
import { data } from "../texts";
import { Clauses } from "./Clauses";
import { type Draft, draftOf } from "./document";
import { Trial } from "./Trial";

interface VersionsProps {
  dataset: string;
  onEdit: (draft: Draft) => void;
}
const TONES = { draft: "info", in_force: "ok", retired: "idle" } as const;

export function Versions({ dataset, onEdit }: VersionsProps) {
  const t = data.useT();
  const query = useGet("/policies/{dataset}", { path: { dataset }, query: { limit: 200 } });
  const columns: Col<PolicyVersion>[] = [
    { key: "version", title: t("version"), cell: (one) => one.version, sort: (one) => one.version, tight: true },
    {
      key: "state",
      title: t("state"),
      cell: (one) => <Badge tone={TONES[one.state]}>{t(`version.${one.state}`)}</Badge>,
      sort: (one) => one.state,
      tight: true,
    },
    { key: "drafted", title: t("version.drafted"), cell: (one) => <Who by={one.drafted_by} at={one.drafted_at} /> },
    {
      key: "activated",
      title: t("version.activated"),
      cell: (one) => (one.activated_by === null ? null : <Who by={one.activated_by} at={one.activated_at} />),
    },
    {
      key: "hash",
      title: t("hash"),
      cell: (one) => <code title={one.hash}>{one.hash.slice(0, 10)}</code>,
      tight: true,
    },
    {
      key: "acts",
      title: t("actions"),
      hiddenTitle: true,
      align: "right",
      cell: (one) => <Acts dataset={dataset} one={one} onEdit={onEdit} />,
    },
  ];
  return (
    <Section title={t("versions")} flush>
      <Async query={query} empty={({ items }) => items.length === 0} emptyView={<Empty title={t("versions.none")} />}>
        {({ items }) => (
          <DataTable
            caption={t("versions")}
            columns={columns}
            rows={items}
            rowKey={(one) => String(one.version)}
            sort="-version"
          />
        )}
      </Async>
    </Section>
  );
}

function Who({ by, at }: { by: string; at: string | null }) {
  const person = usePerson();
  return (
    <span>
      {person(by)} · <Time at={at} />
    </span>
  );
}

interface ActsProps {
  dataset: string;
  one: PolicyVersion;
  onEdit: (draft: Draft) => void;
}

function Acts({ dataset, one, onEdit }: ActsProps) {
  const t = data.useT();
  const [shown, setShown] = useState<"view" | "activate">();
  const [trial, setTrial] = useState<TrialResult>();
  const told = useTold();
  const { version } = one;
  const path = { dataset, version };
  const edit = async (): Promise<void> => {
    const full = await told(get("/policies/{dataset}/versions/{version}", { path }));
    if (full !== undefined) onEdit(draftOf(full.policy, version));
  };
  const tryOut = async (): Promise<void> => {
    const result = await told(
      act("post", "/policies/{dataset}/trial", { path: { dataset }, body: { version, jobs: 200 } }),
    );
    if (result !== undefined) setTrial(result);
  };
  const named = (what: "view" | "try" | "edit" | "activate"): { "aria-label": string } => ({
    "aria-label": t(`version.${what}_of`, { version }),
  });
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <Button size="compact-sm" variant="default" {...named("view")} onClick={() => setShown("view")}>
        {t("view")}
      </Button>
      <Can action="policy.try">
        <Button size="compact-sm" variant="default" {...named("try")} onClick={() => void tryOut()}>
          {t("policy.try")}
        </Button>
      </Can>
      <Can action="policy.change">
        <Button size="compact-sm" variant="default" {...named("edit")} onClick={() => void edit()}>
          {t("policy.edit_from")}
        </Button>
      </Can>
      {one.state !== "in_force" && (
        <Can action="policy.activate">
          <Button size="compact-sm" {...named("activate")} onClick={() => setShown("activate")}>
            {t("policy.activate")}
          </Button>
        </Can>
      )}
      {shown === "view" && <View dataset={dataset} version={version} onClose={() => setShown(undefined)} />}
      <Activate dataset={dataset} one={one} opened={shown === "activate"} onClose={() => setShown(undefined)} />
      {trial !== undefined && <Trial result={trial} onClose={() => setTrial(undefined)} />}
    </Group>
  );
}

/** Shows what a call throws as a message. */
function useTold(): <X>(call: Promise<X>) => Promise<X | undefined> {
  const text = useProblemText();
  return async (call) => {
    try {
      return await call;
    } catch (thrown) {
      notify({ tone: "bad", text: text(asProblem(thrown)).title });
      return undefined;
    }
  };
}

function View({ dataset, version, onClose }: { dataset: string; version: number; onClose: () => void }) {
  const t = data.useT();
  const query = useGet("/policies/{dataset}/versions/{version}", { path: { dataset, version } });
  return (
    <Dialog opened onClose={onClose} size="lg" title={t("version.title", { version })}>
      <Async query={query}>
        {(full) => (
          <>
            {full.policy.note !== "" && <p data-raw>{full.policy.note}</p>}
            <Clauses clauses={draftOf(full.policy).clauses} />
          </>
        )}
      </Async>
    </Dialog>
  );
}

interface ActivateProps {
  dataset: string;
  one: PolicyVersion;
  opened: boolean;
  onClose: () => void;
}

/** Shows the clauses once more: the hash that is sent is of what the person sees here. */
function Activate({ dataset, one, opened, onClose }: ActivateProps) {
  const t = data.useT();
  const client = useQueryClient();
  const path = { dataset, version: one.version };
  const full = useGet("/policies/{dataset}/versions/{version}", { path }, { enabled: opened }).data;
  const send = useAct("post", "/policies/{dataset}/versions/{version}/activate", {
    invalidates: ["/policies", "/policies/{dataset}", "/policies/{dataset}/versions/{version}"],
    success: t("policy.activated", { version: one.version }),
  });
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={t("activate.title", { version: one.version, dataset })}
      text={t("activate.text")}
      label={t("policy.activate")}
      onConfirm={async () => {
        if (full !== undefined) await send.mutateAsync({ path, body: { hash: full.hash } });
        await client.invalidateQueries({ queryKey: ["/policies/{dataset}/budget"] });
      }}
    >
      {full !== undefined && <Clauses clauses={draftOf(full.policy).clauses} />}
    </Confirm>
  );
}
