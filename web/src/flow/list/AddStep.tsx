/** Adds a step at the end of the list. */
import { Button, Select } from "@mantine/core";
import IconPlus from "@tabler/icons-react/dist/esm/icons/IconPlus.mjs";
import { useState } from "react";
import { useW } from "../../core/texts";
import type { Specs } from "../document";
import { sides } from "../sides/texts";
import { useFlow, useFlowStore } from "../store";
import { added } from "./add";
import styles from "./ListView.module.css";

export function AddStep() {
  const t = sides.useT();
  const w = useW();
  const store = useFlowStore();
  const specs = useFlow((state) => state.specs);
  const profile = useFlow((state) => state.doc.profile);
  const [name, setName] = useState<string | null>(null);
  const groups = grouped(specs, profile, w);
  const add = (): void => {
    const spec = specs.get(name ?? "");
    if (spec === undefined) return;
    const { doc, selection } = store.get();
    const made = added(doc, specs, spec, selection.at(-1));
    store.run(made.command, t("undo.add", { what: w(spec.title) }));
    store.select([made.id]);
    setName(null);
  };
  return (
    <div className={styles.add}>
      <Select
        size="xs"
        w={260}
        aria-label={t("list.which")}
        placeholder={t("list.which")}
        data={groups}
        value={name}
        onChange={setName}
        searchable
        nothingFoundMessage={t("list.no_operator")}
        comboboxProps={{ withinPortal: true }}
      />
      <Button size="xs" leftSection={<IconPlus size={15} aria-hidden />} disabled={name === null} onClick={add}>
        {t("list.add")}
      </Button>
    </div>
  );
}

type Words = { zh: string; en: string };

/** Operators that run under the profile, by group. */
function grouped(specs: Specs, profile: string, w: (words: Words) => string) {
  const fitting = [...specs.values()].filter((spec) => spec.profiles.includes(profile));
  return [...Map.groupBy(fitting, (spec) => w(spec.group_title))].map(([group, members]) => ({
    group,
    items: members.map((spec) => ({ value: spec.name, label: w(spec.title) })),
  }));
}
