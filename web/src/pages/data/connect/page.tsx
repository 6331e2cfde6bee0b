/** Connects data in six steps. Nothing is copied: the wizard registers where rows lie and what they look like. */
import { Button } from "@mantine/core";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useQueryPart } from "../../../core/location";
import { Page } from "../../../ui/Page";
import { useKept } from "../kept";
import { data } from "../texts";
import { Choose } from "./Choose";
import { Classify } from "./Classify";
import styles from "./connect.module.css";
import { Done } from "./Done";
import { LookAndName } from "./LookAndName";
import { NEW_PLAN, type Plan, STAGES } from "./plan";
import { Source } from "./Source";
import { StageTrail } from "./StageTrail";
import { TestStage } from "./TestStage";

export interface StageProps {
  plan: Plan;
  /** Changes some of the plan. */
  change: (part: Partial<Plan>) => void;
}

const VIEWS = {
  source: Source,
  test: TestStage,
  choose: Choose,
  look: LookAndName,
  classify: Classify,
  done: Done,
};

export default function Connect() {
  const t = data.useT();
  const [plan, keep] = usePlan();
  const change = (part: Partial<Plan>): void => keep({ ...plan, ...part });
  useAsked(change);
  const View = VIEWS[plan.stage];
  const again =
    plan.stage === "source" ? undefined : (
      <Button variant="default" onClick={() => keep(undefined)}>
        {t("connect.again")}
      </Button>
    );
  return (
    <Page title={t("connect")} crumbs={[[t("catalogue"), "/data"]]} lead={t("connect.lead")} actions={again}>
      <StageTrail
        stage={plan.stage}
        onGo={(stage) => change({ stage })}
        reached={plan.done.length > 0 ? STAGES.length : STAGES.indexOf(plan.stage)}
        closed={plan.done.length > 0}
      />
      <div ref={useFocusOn(plan.stage)} tabIndex={-1} className={styles.stage}>
        <View plan={plan} change={change} />
      </div>
    </Page>
  );
}

/** As it was left; a plan that was carried out is not the next one. */
function usePlan(): [Plan, (plan: Plan | undefined) => void] {
  const [kept, keep] = useKept<Plan>("connect");
  const [isOver, setOver] = useState(kept?.stage === "done");
  const set = (plan: Plan | undefined): void => {
    setOver(false);
    keep(plan);
  };
  return [isOver ? NEW_PLAN : (kept ?? NEW_PLAN), set];
}

/** A stage that takes the place of another takes the focus too. */
function useFocusOn(stage: Plan["stage"]): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  const shown = useRef(stage);
  useEffect(() => {
    if (shown.current !== stage) place.current?.focus();
    shown.current = stage;
  }, [stage]);
  return place;
}

/** `?connection=crm` begins with what lies behind that connection. */
function useAsked(change: StageProps["change"]): void {
  const [query, changeQuery] = useQueryPart();
  const connection = query.get("connection");
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per connection that is asked for
  useEffect(() => {
    if (connection === null) return;
    change({ ...NEW_PLAN, connection, stage: "test" });
    changeQuery({ connection: undefined });
  }, [connection]);
}
