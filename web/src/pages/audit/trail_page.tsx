/** The audit trail: whether it is whole, and everything in it. */
import { useEffect } from "react";
import { useQueryPart } from "../../core/location";
import { useStore } from "../../core/store";
import { Loading } from "../../ui/Async";
import { Diagnostic } from "../../ui/Diagnostic";
import { Page } from "../../ui/Page";
import { Chosen } from "./Chosen";
import { choiceOf } from "./choice";
import { Entries } from "./Entries";
import { Integrity } from "./Integrity";
import { audit } from "./texts";
import { makeReader } from "./trail";

const reader = makeReader();

export default function TrailPage() {
  const t = audit.useT();
  const trail = useStore(reader.store);
  const by = choiceOf(useQueryPart()[0]);
  useEffect(() => {
    void reader.load();
  }, []);
  return (
    <Page title={t("title")} lead={t("lead")} help={<p>{t("help")}</p>}>
      {trail.problem !== undefined && <Diagnostic problem={trail.problem} onRetry={() => void reader.load()} />}
      {by !== undefined && <Chosen by={by} broken={trail.broken} />}
      {trail.entries.length === 0 && trail.loading ? (
        <Loading height={420} />
      ) : (
        <>
          <Integrity trail={trail} onReload={() => void reader.load()} />
          {by === undefined && <Entries entries={trail.entries} broken={trail.broken} />}
        </>
      )}
    </Page>
  );
}
