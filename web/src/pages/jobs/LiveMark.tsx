/** Whether what is shown moves by itself. */
import { useLine } from "../../core/live";
import { core } from "../../core/texts";
import { Badge } from "../../ui/Badge";

export function LiveMark() {
  const t = core.useT();
  const { state } = useLine();
  const tone = state === "open" ? "ok" : state === "down" ? "warn" : "idle";
  return (
    <span role="status">
      <Badge tone={tone}>{t(`live.${state}`)}</Badge>
    </span>
  );
}
