/** What can be seen of a box from far away. */
import type { CoreKey } from "../../core/nav";
import { core, useW } from "../../core/texts";
import { toneOf } from "../../ui/Badge";
import { ROW } from "../geometry";
import { flow } from "../texts";
import styles from "./Box.module.css";
import { DiffMark } from "./Marks";
import type { BoxData } from "./model";

/**
 * In place of a box's own parts: its title, where its ports are, and what there is to say of it. It holds no pictures, which
 * cost much where there are hundreds of boxes.
 */
export function Sketch({ data }: { data: BoxData }) {
  const { inputs, outputs } = data.ports;
  return (
    <>
      <Signs data={data} />
      <Dots side="in" count={inputs.length} />
      <Dots side="out" count={outputs.length} />
      <Far data={data} />
    </>
  );
}

function Signs({ data: { diff, problems, state } }: { data: BoxData }) {
  const t = flow.useT();
  const word = core.useT();
  if (diff === undefined && problems === 0 && state === undefined) return null;
  return (
    <span className={styles.signs}>
      <DiffMark diff={diff} />
      {problems > 0 && (
        <span className={styles.problems} role="img" aria-label={t("box.problems", { count: problems })}>
          {problems}
        </span>
      )}
      {state !== undefined && (
        <i
          className={styles.disc}
          data-tone={toneOf(state)}
          role="img"
          aria-label={word(`state.${state}` as CoreKey)}
        />
      )}
    </span>
  );
}

function Dots({ side, count }: { side: "in" | "out"; count: number }) {
  if (count === 0) return null;
  return <i aria-hidden className={styles.dots} data-side={side} style={{ height: count * ROW }} />;
}

export function Far({ data }: { data: BoxData }) {
  const w = useW();
  return (
    <div aria-hidden className={styles.far}>
      <b>{data.spec === undefined ? data.step.operator : w(data.spec.title)}</b>
    </div>
  );
}
