/** Keyboard shortcuts. */
import { Kbd } from "@mantine/core";
import { core } from "../core/texts";
import { Dialog } from "../ui/Dialog";
import { KeyValue } from "../ui/KeyValue";

export default function Keys({ onClose }: { onClose: () => void }) {
  const t = core.useT();
  return (
    <Dialog opened onClose={onClose} title={t("help.keys")}>
      <KeyValue
        wide
        items={[
          [<Kbd key="k">Ctrl K</Kbd>, t("help.keys.search")],
          [<Kbd key="h">?</Kbd>, t("help.keys.help")],
          [<Kbd key="t">Tab</Kbd>, t("help.keys.skip")],
        ]}
      />
    </Dialog>
  );
}
