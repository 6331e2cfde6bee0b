/** Keyboard shortcuts. */
import { Kbd, Modal } from "@mantine/core";
import { core } from "../core/texts";
import { KeyValue } from "../ui/KeyValue";

export default function Keys({ onClose }: { onClose: () => void }) {
  const t = core.useT();
  return (
    <Modal opened onClose={onClose} title={t("help.keys")} closeButtonProps={{ "aria-label": t("close") }}>
      <KeyValue
        wide
        items={[
          [<Kbd key="k">Ctrl K</Kbd>, t("help.keys.search")],
          [<Kbd key="h">?</Kbd>, t("help.keys.help")],
          [<Kbd key="t">Tab</Kbd>, t("help.keys.skip")],
        ]}
      />
    </Modal>
  );
}
