/** This node and its partners on a ring, with the lines between them that this node knows: its own. */
import { useFormat } from "../../core/format";
import { useMe } from "../../core/session";
import { Empty } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { initialsOf, Party, useHue } from "../../ui/Party";
import { Section } from "../../ui/Section";
import styles from "./cockpit.module.css";
import { useJobs, usePeers, usePings } from "./data";
import { jobsWith } from "./figures";
import { ringOf, widthOf } from "./ring";
import { cockpit } from "./texts";

const WIDTH = 460;
const HEIGHT = 320;
const MARGIN = 64;
const RADIUS = 22;

export interface Line {
  peer: string;
  jobs: number;
  /** Undefined: not known. */
  reachable?: boolean;
  rtt?: number;
}

export function useLines(): Line[] {
  const peers = usePeers();
  const pings = usePings(peers);
  const jobs = useJobs().data?.items ?? [];
  return peers.map(({ name }) => {
    const ping = pings.get(name);
    return { peer: name, jobs: jobsWith(jobs, name), reachable: ping?.reachable, rtt: ping?.rtt_ms ?? undefined };
  });
}

export function Network() {
  const t = cockpit.useT();
  const me = useMe();
  const lines = useLines();
  return (
    <Section title={t("network")} lead={t("network.lead")}>
      {lines.length === 0 ? (
        <Empty title={t("network.none")} />
      ) : (
        <>
          <Ring me={me.node?.name ?? ""} lines={lines} />
          <Lines lines={lines} />
        </>
      )}
    </Section>
  );
}

export function Ring({ me, lines }: { me: string; lines: Line[] }) {
  const t = cockpit.useT();
  const spots = ringOf([me, ...lines.map(({ peer }) => peer)], WIDTH, HEIGHT, MARGIN);
  const most = Math.max(...lines.map(({ jobs }) => jobs));
  const [own] = spots;
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={styles.ring} role="img" aria-label={t("network.label")}>
      <ellipse
        cx={WIDTH / 2}
        cy={HEIGHT / 2}
        rx={WIDTH / 2 - MARGIN}
        ry={HEIGHT / 2 - MARGIN}
        className={styles.circle}
      />
      {lines.map((line, place) => {
        const spot = spots[place + 1];
        return own && spot ? (
          <line
            key={line.peer}
            x1={own.x}
            y1={own.y}
            x2={spot.x}
            y2={spot.y}
            className={styles.edge}
            data-away={line.reachable === false || undefined}
            strokeWidth={widthOf(line.jobs, most)}
          />
        ) : null;
      })}
      {spots.map((spot) => (
        <Node key={spot.name} {...spot} />
      ))}
    </svg>
  );
}

function Node({ name, x, y }: { name: string; x: number; y: number }) {
  const hue = useHue()(name);
  return (
    <g className={styles.node} data-hue={hue}>
      <circle cx={x} cy={y} r={RADIUS} />
      <text x={x} y={y} dy="0.35em" className={styles.initials}>
        {initialsOf(name)}
      </text>
      <text x={x} y={y < HEIGHT / 2 ? y - RADIUS - 8 : y + RADIUS + 18} className={styles.nodeName}>
        {name}
      </text>
    </g>
  );
}

export function Lines({ lines }: { lines: Line[] }) {
  const t = cockpit.useT();
  const format = useFormat();
  return (
    <ul className={styles.lines}>
      {lines.map(({ peer, jobs, reachable, rtt }) => (
        <li key={peer} className={styles.line}>
          <Party name={peer} size="sm" />
          {reachable !== undefined && (
            <Badge tone={reachable ? "ok" : "bad"}>
              {reachable ? t("network.answers", { ms: format.number(rtt, 1) }) : t("network.away")}
            </Badge>
          )}
          <span className={styles.soft}>{t("network.jobs", { count: jobs })}</span>
        </li>
      ))}
    </ul>
  );
}
