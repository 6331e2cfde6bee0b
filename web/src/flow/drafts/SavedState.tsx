/** Whether the flow is saved, in words. */
import { Button, Popover } from "@mantine/core";
import IconCloudCheck from "@tabler/icons-react/dist/esm/icons/IconCloudCheck.mjs";
import IconCloudOff from "@tabler/icons-react/dist/esm/icons/IconCloudOff.mjs";
import IconCloudUp from "@tabler/icons-react/dist/esm/icons/IconCloudUp.mjs";
import { IconAlertTriangle } from "../../core/icons";
import { useMe } from "../../core/session";
import { useStore } from "../../core/store";
import { Diagnostic } from "../../ui/Diagnostic";
import { sides } from "../sides/texts";
import { type Saved, useFlow, useFlowStore } from "../store";
import styles from "./Drafts.module.css";
import { askAgain, trouble } from "./saving";

const SIGNS: Record<Saved, typeof IconCloudCheck> = {
  saved: IconCloudCheck,
  saving: IconCloudUp,
  dirty: IconCloudUp,
  offline: IconCloudOff,
  conflict: IconAlertTriangle,
};

export function SavedState() {
  const t = sides.useT();
  const me = useMe();
  const saved = useFlow((state) => state.saved);
  const fault = useStore(trouble);
  const Sign = SIGNS[saved];
  const text = me.can("flow.write") ? t(`saved.${saved}`) : t("saved.not_allowed");
  const label = (
    <>
      <Sign size={16} aria-hidden />
      {text}
    </>
  );
  if (saved === "conflict") {
    return (
      <button type="button" className={styles.state} data-saved={saved} onClick={() => void askAgain()}>
        {label}
      </button>
    );
  }
  if (fault === undefined) {
    return (
      <span className={styles.state} data-saved={saved} role="status">
        {label}
      </span>
    );
  }
  return <Why label={label} />;
}

function Why({ label }: { label: React.ReactNode }) {
  const t = sides.useT();
  const store = useFlowStore();
  const fault = useStore(trouble);
  return (
    <Popover width={380} withArrow shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={styles.state} data-saved="offline">
          {label}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <p className={styles.kept}>{t("saved.kept_here")}</p>
        <Diagnostic problem={fault} compact />
        <Button mt="sm" size="compact-sm" onClick={() => void store.save()}>
          {t("saved.again")}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
