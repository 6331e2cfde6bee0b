/** Runs the flow, or a part of it; never at once: the preview comes first. */
import { ActionIcon, Button, Group, Menu } from "@mantine/core";
import IconPlayerPlay from "@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs";
import { IconChevronDown } from "../../core/icons";
import { useMe } from "../../core/session";
import { sides } from "../sides/texts";
import { type SliceMode, sliced } from "../slice";
import { useFlow } from "../store";
import { openPreview } from "./asked";
import styles from "./RunButton.module.css";

const MODES: SliceMode[] = ["one", "to", "from"];

export function RunButton() {
  const t = sides.useT();
  const me = useMe();
  const doc = useFlow((state) => state.doc);
  const step = useFlow((state) => state.selection.at(-1));
  if (!["job.submit", "schedule.add", "standing.propose", "flow.explain"].some((action) => me.can(action))) return null;
  const none = doc.steps.length === 0;
  return (
    <Group gap={0} wrap="nowrap" data-coach="run">
      <Button
        size="xs"
        className={styles.main}
        leftSection={<IconPlayerPlay size={15} aria-hidden />}
        disabled={none}
        onClick={() => openPreview()}
      >
        {t("run")}
      </Button>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon size={30} variant="filled" className={styles.menu} aria-label={t("run.more")} disabled={none}>
            <IconChevronDown size={15} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{step === undefined ? t("run.choose_step") : t("run.part", { step })}</Menu.Label>
          {MODES.map((mode) => (
            <Menu.Item
              key={mode}
              disabled={step === undefined}
              onClick={() => step !== undefined && openPreview({ step, mode })}
              rightSection={
                step === undefined ? undefined : (
                  <span className={styles.count}>{t("run.steps", { count: sliced(doc, [step], mode).size })}</span>
                )
              }
            >
              {t(`run.${mode}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          {me.can("schedule.add") && (
            <Menu.Item onClick={() => openPreview(undefined, "schedule")}>{t("run.schedule")}</Menu.Item>
          )}
          {me.can("standing.propose") && (
            <Menu.Item onClick={() => openPreview(undefined, "standing")}>{t("run.standing")}</Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
