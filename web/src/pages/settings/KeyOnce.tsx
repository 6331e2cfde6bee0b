/** An API key, right after it was made. */
import type { ClientKey } from "../../api/types";
import { Once } from "./Once";
import { settings } from "./texts";

export function KeyOnce({ client, onClose }: { client: ClientKey; onClose: () => void }) {
  const t = settings.useT();
  const place = new URL(".", document.baseURI).href;
  return (
    <Once
      title={t("key.title", { name: client.name })}
      lead={t("key.lead")}
      secrets={[
        [t("key.key"), client.key],
        [t("key.example"), `TACIT_URL=${place} TACIT_API_KEY=${client.key} tacit job list`],
      ]}
      onClose={onClose}
    />
  );
}
