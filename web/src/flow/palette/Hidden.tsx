/** What is not offered, and why. */
import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { core } from "../../core/texts";
import { useWords } from "../canvas/words";
import styles from "./Palette.module.css";
import type { Lack } from "./shelves";
import type { Palette } from "./usePalette";

export function Hidden({ palette }: { palette: Palette }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  if (palette.hidden.length === 0 && palette.silent.length === 0) return null;
  return (
    <div className={styles.foot}>
      {palette.hidden.length > 0 && (
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setOpen(true)}>
          {t("palette.hidden", { count: palette.hidden.length })}
        </Button>
      )}
      {palette.silent.length > 0 && <p>{t("palette.silent", { parties: palette.silent.join(", ") })}</p>}
      {open && <Reasons lacks={palette.hidden} onClose={() => setOpen(false)} />}
    </div>
  );
}

function Reasons({ lacks, onClose }: { lacks: readonly Lack[]; onClose: () => void }) {
  const { t, w } = useWords();
  const c = core.useT();
  return (
    <Modal opened onClose={onClose} title={t("palette.hidden.title")} closeButtonProps={{ "aria-label": c("close") }}>
      <p className={styles.lead}>{t("palette.hidden.text")}</p>
      <ul className={styles.lacks}>
        {lacks.map(({ spec, parties, profile }) => (
          <li key={spec.name}>
            <strong>{w(spec.title)}</strong>
            {parties.length > 0 && (
              <span>{t("palette.lacks", { parties: parties.join(", "), version: spec.version })}</span>
            )}
            {profile && <span>{t("palette.profile", { profiles: spec.profiles.join(", ") })}</span>}
          </li>
        ))}
      </ul>
    </Modal>
  );
}
