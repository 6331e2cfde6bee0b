/** What can be done with a box, where the pointer is. */
import { Menu } from "@mantine/core";
import { openPreview } from "../sides";
import { flow } from "../texts";
import { type Question, useEditing } from "./context";
import styles from "./Editor.module.css";

export function StepMenu({ asked, onClose }: { asked: Extract<Question, { kind: "menu" }>; onClose: () => void }) {
  const t = flow.useT();
  const { actions } = useEditing();
  const { step } = asked;
  return (
    <Menu opened onClose={onClose} position="bottom-start" width={230} trapFocus returnFocus>
      <Menu.Target>
        <span className={styles.point} style={{ left: asked.x, top: asked.y }} />
      </Menu.Target>
      <Menu.Dropdown aria-label={t("menu.of", { step })}>
        <Menu.Item onClick={() => actions.open("parameters", step)}>{t("menu.open")}</Menu.Item>
        <Menu.Item onClick={() => actions.open("seats", step)}>{t("menu.seats")}</Menu.Item>
        <Menu.Item onClick={() => actions.open("reveals", step)}>{t("menu.reveals")}</Menu.Item>
        <Menu.Item onClick={() => actions.ask({ kind: "connect", step })}>{t("menu.connect")}</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => openPreview({ step, mode: "one" })}>{t("menu.run.this")}</Menu.Item>
        <Menu.Item onClick={() => openPreview({ step, mode: "to" })}>{t("menu.run.to")}</Menu.Item>
        <Menu.Item onClick={() => openPreview({ step, mode: "from" })}>{t("menu.run.from")}</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => void actions.copy()}>{t("menu.copy")}</Menu.Item>
        <Menu.Item onClick={actions.duplicate}>{t("menu.duplicate")}</Menu.Item>
        <Menu.Item color="red" onClick={actions.remove}>
          {t("menu.remove")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
