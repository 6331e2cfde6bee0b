/** A dialog. What it holds begins anew each time it opens. */
import { Modal, type ModalProps } from "@mantine/core";
import { core } from "../core/texts";

export function Dialog({ children, ...others }: ModalProps) {
  const t = core.useT();
  return (
    <Modal {...others} closeButtonProps={{ "aria-label": t("close") }}>
      {others.opened && children}
    </Modal>
  );
}
