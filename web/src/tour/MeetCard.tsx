import { Button } from "@mantine/core";
import { useState } from "react";
import { act } from "../api/hooks";
import { asProblem, type Problem } from "../api/problem";
import { useFormat } from "../core/format";
import { to } from "../core/nav";
import { useProblemText } from "../core/problems";
import { usePeers, usePings } from "../pages/cockpit/data";
import { Badge } from "../ui/Badge";
import { Party } from "../ui/Party";
import { type Stage, useTables } from "./stage";
import styles from "./Tour.module.css";
import { tour } from "./texts";
import { Way } from "./Way";

export function MeetCard({ stage }: { stage: Stage }) {
  const t = tour.useT();
  const format = useFormat();
  const peers = usePeers();
  const pings = usePings(peers);
  const isFirst = stage.own === stage.first;
  return (
    <>
      <p>{t("meet.text", { count: peers.length + 1, me: stage.own?.name ?? "" })}</p>
      <ul className={styles.list}>
        {peers.map(({ name }) => {
          const ping = pings.get(name);
          return (
            <li key={name} className={styles.line}>
              <Party name={name} size="sm" />
              {ping && (
                <Badge tone={ping.reachable ? "ok" : "bad"}>
                  {ping.reachable ? t("meet.answers", { ms: format.number(ping.rtt_ms, 1) }) : t("meet.away")}
                </Badge>
              )}
            </li>
          );
        })}
      </ul>
      {isFirst && (
        <>
          <p>{t("meet.look")}</p>
          <div>
            <Way href={to.peerData(stage.partner.name)} variant="default">
              {t("meet.catalogue", { partner: stage.partner.name })}
            </Way>
          </div>
          <Refusal stage={stage} />
        </>
      )}
    </>
  );
}

/** Asks this node for rows that are not here, and shows what it says. */
function Refusal({ stage }: { stage: Stage }) {
  const t = tour.useT();
  const { theirs } = useTables(stage);
  const problemText = useProblemText();
  const [fault, setFault] = useState<Problem>();
  if (theirs === undefined) return null;
  const ask = async (): Promise<void> => {
    try {
      await act("post", "/datasets/{name}/profile", { path: { name: theirs.name }, body: {} });
    } catch (thrown) {
      setFault(asProblem(thrown));
    }
  };
  return (
    <>
      <div>
        <Button variant="default" size="compact-sm" onClick={() => void ask()}>
          {t("meet.rows", { table: theirs.name })}
        </Button>
      </div>
      {fault !== undefined && (
        <>
          <p role="status" className={styles.refusal}>
            {problemText(fault).title} <code>{fault.code}</code>
          </p>
          <p>{t("meet.refused", { partner: stage.partner.name })}</p>
        </>
      )}
    </>
  );
}
