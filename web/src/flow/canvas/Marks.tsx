/** Small signs at the head of a box: problems, state in a job, difference, what it reveals. */
import IconArrowRight from "@tabler/icons-react/dist/esm/icons/IconArrowRight.mjs";
import IconEye from "@tabler/icons-react/dist/esm/icons/IconEye.mjs";
import type { ReactNode } from "react";
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconClock, IconLoader2, IconMinus } from "../../core/icons";
import type { CoreKey } from "../../core/nav";
import { core } from "../../core/texts";
import { toneOf } from "../../ui/Badge";
import { flow } from "../texts";
import styles from "./Box.module.css";
import type { BoxData } from "./model";
import { useShowReveals } from "./reveals";

export function Marks({ id, data }: { id: string; data: BoxData }) {
  return (
    <span className={styles.marks}>
      <DiffMark diff={data.diff} />
      <Problems count={data.problems} />
      {data.state !== undefined && <StateMark data={data} state={data.state} />}
      <Reveals id={id} known={data.spec !== undefined} />
    </span>
  );
}

const SIGNS = { added: "+", removed: "−", changed: "≠" } as const;

export function DiffMark({ diff }: { diff: BoxData["diff"] }) {
  const t = flow.useT();
  if (diff === undefined) return null;
  return (
    <span className={styles.diff} data-diff={diff} role="img" aria-label={t(`diff.${diff}`)} title={t(`diff.${diff}`)}>
      {SIGNS[diff]}
    </span>
  );
}

function Problems({ count }: { count: number }) {
  const t = flow.useT();
  if (count === 0) return null;
  const title = t("box.problems", { count });
  return (
    <span className={styles.problems} role="img" aria-label={title} title={title}>
      <IconAlertTriangle size={12} aria-hidden />
      {count}
    </span>
  );
}

const STATE_SIGNS: Record<string, ReactNode> = {
  RUNNING: <IconLoader2 size={16} aria-hidden className={styles.turning} />,
  SUCCESS: <IconCircleCheck size={16} aria-hidden />,
  FINISHED: <IconCircleCheck size={16} aria-hidden />,
  FAILED: <IconCircleX size={16} aria-hidden />,
  REJECTED: <IconCircleX size={16} aria-hidden />,
  CANCELLED: <IconMinus size={16} aria-hidden />,
  READY: <IconArrowRight size={16} aria-hidden />,
};

function StateMark({ data, state }: { data: BoxData; state: string }) {
  const t = core.useT();
  const word = t(`state.${state}` as CoreKey);
  const sides = (data.sides ?? "")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [party = "", at = ""] = line.split(" ");
      return { party, state: at };
    });
  const title = [word, ...sides.map((side) => `${side.party}: ${t(`state.${side.state}` as CoreKey)}`)].join("\n");
  return (
    <span className={styles.state} data-tone={toneOf(state)} role="img" aria-label={word} title={title}>
      {STATE_SIGNS[state] ?? <IconClock size={16} aria-hidden />}
      <span aria-hidden className={styles.sides}>
        {sides.map((side) => (
          <i key={side.party} data-tone={toneOf(side.state)} />
        ))}
      </span>
    </span>
  );
}

function Reveals({ id, known }: { id: string; known: boolean }) {
  const show = useShowReveals();
  if (!known) return null;
  return (
    <span
      aria-hidden
      className={styles.reveals}
      onPointerEnter={(event) => show(id, event.currentTarget)}
      onPointerLeave={() => show(undefined)}
      onClick={() => show(id, undefined, true)}
    >
      <IconEye size={15} stroke={1.8} />
    </span>
  );
}
