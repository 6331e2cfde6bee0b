/** States of a version, in words. */
import type { ModelVersion } from "../../api/types";
import { Badge, type Tone } from "../../ui/Badge";
import { models } from "./texts";

const STATES: Record<ModelVersion["state"], Tone> = { draft: "info", released: "ok", retired: "idle" };
const INTEGRITIES: Record<ModelVersion["integrity"], Tone> = { intact: "ok", changed: "bad", unknown: "warn" };

export function VersionState({ version }: { version: ModelVersion }) {
  const t = models.useT();
  if (version.state === "draft" && version.item !== null) return <Badge tone="warn">{t("state.waiting")}</Badge>;
  return <Badge tone={STATES[version.state]}>{t(`state.${version.state}`)}</Badge>;
}

export function Integrity({ of }: { of: ModelVersion["integrity"] }) {
  const t = models.useT();
  return <Badge tone={INTEGRITIES[of]}>{t(`integrity.${of}`)}</Badge>;
}
