/** Releasing, retiring, removing a version. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../../api/hooks";
import type { ModelVersion } from "../../api/types";
import { to } from "../../core/nav";
import { notify } from "../../core/notify";
import { Disabled } from "../../core/permissions";
import { useMe } from "../../core/session";
import { Confirm } from "../../ui/Confirm";
import { Link } from "../../ui/Link";
import { models } from "./texts";

type Asked = "release" | "retire" | "remove";

export function Acts({ model, version }: { model: string; version: ModelVersion }) {
  const t = models.useT();
  const me = useMe();
  const [asking, setAsking] = useState<Asked>();
  const path = { name: model, version: version.version };
  const release = useAct("post", "/models/{name}/{version}/release", {
    invalidates: ["/models", "/inbox", "/inbox/counts"],
  });
  const retire = useAct("post", "/models/{name}/{version}/retire", {
    invalidates: ["/models"],
    success: t("retired_now"),
  });
  const remove = useAct("delete", "/models/{name}/{version}", { invalidates: ["/models"], success: t("removed") });
  const act: Record<Asked, () => Promise<unknown>> = {
    release: async () => {
      const after = await release.mutateAsync({ path });
      notify({ tone: "ok", text: t(after.state === "released" ? "released_now" : "release_waits") });
    },
    retire: () => retire.mutateAsync({ path }),
    remove: () => remove.mutateAsync({ path }),
  };
  return (
    <>
      {version.item !== null && version.state === "draft" && (
        <Button component={Link} href={to.item(version.item)} variant="default">
          {t("to_item")}
        </Button>
      )}
      {me.can("model.release") && version.state === "draft" && version.item === null && (
        <Release changed={version.integrity === "changed"} onClick={() => setAsking("release")} />
      )}
      {me.can("model.retire") && version.state !== "retired" && (
        <Button variant="default" onClick={() => setAsking("retire")}>
          {t("retire")}
        </Button>
      )}
      {me.can("model.remove") && (
        <Button variant="default" onClick={() => setAsking("remove")}>
          {t("remove")}
        </Button>
      )}
      {asking !== undefined && (
        <Confirm
          opened
          onClose={() => setAsking(undefined)}
          title={t(`ask.${asking}`, { version: version.version })}
          text={t(`ask.${asking}.text`)}
          label={t(asking)}
          danger={asking !== "release"}
          onConfirm={act[asking]}
        />
      )}
    </>
  );
}

/** A file that was changed is not let out. */
function Release({ changed, onClick }: { changed: boolean; onClick: () => void }) {
  const t = models.useT();
  const button = <Button onClick={onClick}>{t("release")}</Button>;
  return changed ? <Disabled why={t("changed")}>{button}</Disabled> : button;
}
