/** What the catalogue says of one dataset. */
import { ActionIcon, Menu } from "@mantine/core";
import IconDots from "@tabler/icons-react/dist/esm/icons/IconDots.mjs";
import { useState } from "react";
import { useAct, useGet } from "../../../api/hooks";
import type { Dataset } from "../../../api/types";
import { go } from "../../../core/location";
import { to } from "../../../core/nav";
import { notify } from "../../../core/notify";
import { useProblemText } from "../../../core/problems";
import { useMe } from "../../../core/session";
import { Badge, Level, type Tone } from "../../../ui/Badge";
import { Confirm } from "../../../ui/Confirm";
import { data } from "../texts";

/** The highest level of its columns. */
export function DatasetLevel({ name }: { name: string }) {
  const params = { path: { name }, query: { limit: 1 } };
  const labels = useGet("/datasets/{name}/labels", params, { staleTime: 60_000 }).data;
  return labels === undefined ? null : <Level level={labels.level} />;
}

export function PolicyInForce({ name }: { name: string }) {
  const t = data.useT();
  const policies = useGet("/policies", { query: { limit: 1000 } }, { staleTime: 30_000 }).data;
  const policy = policies?.items.find((one) => one.dataset === name);
  if (policy === undefined) return null;
  if (policy.version === null) return <span>{t("policy.defaults")}</span>;
  return <span>{t("policy.in_force", { version: policy.version, count: policy.rules + policy.exceptions })}</span>;
}

const STATES: Record<string, Tone> = { ok: "ok", changed: "warn", missing: "bad", remote: "idle" };

export function DatasetState({ one }: { one: Dataset }) {
  const t = data.useT();
  const state = one.state as "ok" | "changed" | "missing" | "remote";
  return <Badge tone={STATES[state] ?? "idle"}>{t(`state.${state}`)}</Badge>;
}

export function DatasetMenu({ one }: { one: Dataset }) {
  const t = data.useT();
  const me = useMe();
  const [removing, setRemoving] = useState(false);
  const refresh = useRefresh(one.name);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("actions_of", { name: one.name })}
            loading={refresh.isPending}
          >
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {me.can("dataset.refresh") && <Menu.Item onClick={refresh.start}>{t("refresh")}</Menu.Item>}
          {me.can("policy.change") && (
            <Menu.Item onClick={() => go(to.dataset(one.name, "policy"))}>{t("policy")}</Menu.Item>
          )}
          {me.can("dataset.remove") && (
            <Menu.Item c="var(--tone-bad)" onClick={() => setRemoving(true)}>
              {t("remove")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <RemoveDataset name={one.name} opened={removing} onClose={() => setRemoving(false)} />
    </>
  );
}

/** Reads a dataset again and says how it went. */
export function useRefresh(name: string): { start: () => void; isPending: boolean } {
  const t = data.useT();
  const text = useProblemText();
  const act = useAct("post", "/datasets/{name}/refresh", {
    invalidates: ["/datasets", "/datasets/{name}", "/datasets/{name}/labels"],
    success: t("refreshed", { name }),
  });
  const start = (): void =>
    act.mutate({ path: { name } }, { onError: (problem) => notify({ tone: "bad", text: text(problem).title }) });
  return { start, isPending: act.isPending };
}

interface RemoveProps {
  name: string;
  opened: boolean;
  onClose: () => void;
  onDone?: () => void;
}

export function RemoveDataset({ name, opened, onClose, onDone }: RemoveProps) {
  const t = data.useT();
  const act = useAct("delete", "/datasets/{name}", { invalidates: ["/datasets"], success: t("removed", { name }) });
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={t("remove.title", { name })}
      text={t("remove.text")}
      label={t("remove")}
      danger
      typeToConfirm={name}
      onConfirm={async () => {
        await act.mutateAsync({ path: { name } });
        onDone?.();
      }}
    />
  );
}
