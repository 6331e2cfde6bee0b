/** The keys of the canvas. */
import { Kbd, Modal } from "@mantine/core";
import { core } from "../../core/texts";
import { flow } from "../texts";
import styles from "./Shortcuts.module.css";

const GROUPS = [
  {
    name: "keys.move",
    keys: [
      ["← → ↑ ↓", "keys.arrows"],
      ["Ctrl ← → ↑ ↓", "keys.extend"],
      ["Shift ← → ↑ ↓", "keys.nudge"],
      ["/", "keys.search"],
      ["F", "keys.fit"],
      ["+ −", "keys.zoom"],
    ],
  },
  {
    name: "keys.build",
    keys: [
      ["A", "keys.add"],
      ["C", "keys.connect"],
      ["W", "keys.wire"],
      ["Delete", "keys.remove"],
      ["Enter", "keys.open"],
      ["S", "keys.seats"],
      ["I", "keys.reveals"],
      ["F2", "keys.rename"],
      ["Shift F10", "keys.menu"],
    ],
  },
  {
    name: "keys.edit",
    keys: [
      ["Ctrl Z", "keys.undo"],
      ["Ctrl Y", "keys.redo"],
      ["Ctrl C", "keys.copy"],
      ["Ctrl X", "keys.cut"],
      ["Ctrl V", "keys.paste"],
      ["Ctrl D", "keys.duplicate"],
      ["Ctrl A", "keys.all"],
      ["T", "keys.tidy"],
      ["Ctrl S", "keys.save"],
    ],
  },
  {
    name: "keys.views",
    keys: [
      ["L", "keys.list"],
      ["Y", "keys.code"],
      ["P", "keys.problems"],
      ["R", "keys.run"],
      ["Esc", "keys.escape"],
      ["?", "keys.help"],
    ],
  },
] as const;

export function Shortcuts({ onClose }: { onClose: () => void }) {
  const t = flow.useT();
  const c = core.useT();
  return (
    <Modal opened onClose={onClose} size="xl" title={t("keys.title")} closeButtonProps={{ "aria-label": c("close") }}>
      <p className={styles.lead}>{t("keys.lead")}</p>
      <div className={styles.groups}>
        {GROUPS.map((group) => (
          <section key={group.name} aria-label={t(group.name)}>
            <h3>{t(group.name)}</h3>
            <dl>
              {group.keys.map(([key, name]) => (
                <div key={key}>
                  <dt data-raw>
                    <Kbd>{key}</Kbd>
                  </dt>
                  <dd>{t(name)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
