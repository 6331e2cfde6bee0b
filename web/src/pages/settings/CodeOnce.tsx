/** A one-time code and its link, for handing on. */
import type { OneTimeCode } from "../../api/types";
import { useFormat } from "../../core/format";
import { Once } from "./Once";
import { settings } from "./texts";

export function CodeOnce({ code, onClose }: { code: OneTimeCode; onClose: () => void }) {
  const t = settings.useT();
  const format = useFormat();
  return (
    <Once
      title={t("code.title", { name: code.user })}
      lead={t("code.lead", { time: format.time(code.expires_at) })}
      secrets={[
        [t("code.link"), code.link],
        [t("code.code"), code.code],
      ]}
      onClose={onClose}
    />
  );
}
