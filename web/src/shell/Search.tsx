/** Finds pages, flows, jobs, datasets, projects and models by their names. */
import { Modal, TextInput } from "@mantine/core";
import { type KeyboardEvent, useId, useState } from "react";
import { useLocation } from "wouter";
import { useGet } from "../api/hooks";
import { to } from "../core/nav";
import { useMe } from "../core/session";
import { core } from "../core/texts";
import { IconSearch } from "./icons";
import { useShown } from "./Navigation";
import styles from "./Search.module.css";

interface Found {
  group: (typeof GROUPS)[number];
  name: string;
  more?: string;
  href: string;
}

const GROUPS = ["pages", "flows", "jobs", "datasets", "agreements", "models"] as const;
const LIMIT = 6;

/** Everything that can be found, asked for when the dialog opens. */
function useAll(): Found[] {
  const t = core.useT();
  const me = useMe();
  const shown = useShown();
  const some = { query: { limit: 200 } };
  const jobs = useGet("/jobs", some, { enabled: me.can("job.read") }).data?.items ?? [];
  const flows = useGet("/flows", some, { enabled: me.can("flow.read") }).data?.items ?? [];
  const datasets = useGet("/datasets", some, { enabled: me.can("dataset.read") }).data?.items ?? [];
  const agreements = useGet("/agreements", some, { enabled: me.can("agreement.read") }).data?.items ?? [];
  const models = useGet("/models", some, { enabled: me.can("model.read") }).data?.items ?? [];
  return [
    ...shown.map((entry): Found => ({ group: "pages", name: t(entry.nav.label), href: entry.path })),
    ...flows.map((one): Found => ({ group: "flows", name: one.name, href: to.flow(one.id) })),
    ...jobs.map((job): Found => ({ group: "jobs", name: job.name, more: job.id, href: to.job(job.id) })),
    ...datasets.map((dataset): Found => ({ group: "datasets", name: dataset.name, href: to.dataset(dataset.name) })),
    ...agreements.map(
      (one): Found => ({ group: "agreements", name: one.name, more: one.id, href: to.agreement(one.id) }),
    ),
    ...models.map((model): Found => ({ group: "models", name: model.name, href: to.model(model.name) })),
  ];
}

/** At most LIMIT of each group, those that begin with the text first. */
export function matching(all: Found[], text: string): Found[] {
  const wanted = text.trim().toLowerCase();
  const rank = ({ name, more }: Found): number =>
    name.toLowerCase().startsWith(wanted) ? 0 : `${name} ${more ?? ""}`.toLowerCase().includes(wanted) ? 1 : 2;
  const hits = all.filter((one) => rank(one) < 2).sort((one, other) => rank(one) - rank(other));
  return GROUPS.flatMap((group) => hits.filter((hit) => hit.group === group).slice(0, group === "pages" ? 20 : LIMIT));
}

export default function Search({ onClose }: { onClose: () => void }) {
  const t = core.useT();
  const id = useId();
  const [, navigate] = useLocation();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = matching(useAll(), text);
  const open = (hit: Found | undefined): void => {
    if (hit === undefined) return;
    onClose();
    navigate(hit.href);
  };
  const onKey = (event: KeyboardEvent): void => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      setAt((at + move + found.length) % Math.max(1, found.length));
    }
    if (event.key === "Enter") open(found[at]);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding="sm"
      size="lg"
      centered={false}
      yOffset="10vh"
      aria-label={t("search")}
    >
      <TextInput
        data-autofocus
        size="md"
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={found[at] && `${id}-${at}`}
        aria-label={t("search")}
        placeholder={t("search.placeholder")}
        leftSection={<IconSearch size={18} aria-hidden />}
        value={text}
        onKeyDown={onKey}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
      />
      <div role="listbox" id={`${id}-list`} aria-label={t("search")} className={styles.list}>
        {found.map((hit, place) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          <div
            key={`${hit.group}:${hit.href}`}
            id={`${id}-${place}`}
            role="option"
            tabIndex={-1}
            aria-selected={place === at}
            className={styles.hit}
            onClick={() => open(hit)}
            onMouseMove={() => setAt(place)}
          >
            <span>{hit.name}</span>
            <span className={styles.group}>{t(`search.${hit.group}`)}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className={styles.none}>{t("search.nothing", { text })}</p>}
      <p className={styles.hint}>{t("search.hint")}</p>
    </Modal>
  );
}
