/** A wire: its look says where the data lives. */
import { BaseEdge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo, useState } from "react";
import { flow } from "../texts";
import type { WireData, WireEdge } from "./model";
import { useSketched } from "./sketch";
import styles from "./Wire.module.css";

export const WireView = memo(function WireView(props: EdgeProps<WireEdge>) {
  const { id, data, selected, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props;
  const [path, x, y] = getBezierPath({
    sourceX,
    sourceY,
    sourcePosition,
    targetX,
    targetY,
    targetPosition,
    curvature: 0.3,
  });
  const sketched = useSketched();
  const [pointed, point] = useState(false);
  if (data === undefined) return null;
  return (
    <g
      className={styles.wire}
      onPointerEnter={() => sketched && point(true)}
      onPointerLeave={() => point(false)}
      data-placement={data.placement}
      data-bad={data.bad || undefined}
      data-diff={data.diff}
      data-selected={selected || undefined}
    >
      {data.placement === "public" && <path d={path} className={styles.outer} />}
      <path d={path} className={styles.line} data-hue={data.hues[0]} />
      {data.placement === "each" && data.hues.length > 1 && (
        <path d={path} className={styles.other} data-hue={data.hues[1]} />
      )}
      {sketched && !pointed && !selected ? (
        <path d={path} className={styles.near} />
      ) : (
        <>
          <BaseEdge id={id} path={path} className={styles.hit} interactionWidth={16} />
          <Words data={data} x={x} y={y} />
        </>
      )}
    </g>
  );
});

function Words({ data, x, y }: { data: WireData; x: number; y: number }) {
  const t = flow.useT();
  const text = labelOf(data, t);
  return (
    <>
      <title>{sentenceOf(data, t)}</title>
      {text !== "" && (
        <text x={x} y={y} className={styles.label} dominantBaseline="central" textAnchor="middle">
          {text}
        </text>
      )}
    </>
  );
}

type T = ReturnType<typeof flow.useT>;

/** In short, for the canvas. */
export function labelOf({ placement, parties, bad, diff }: WireData, t: T): string {
  const sign = diff === "added" ? "+ " : diff === "removed" ? "− " : "";
  if (bad) return `${sign}${t("wire.bad")}`;
  if (placement === "one") return sign + t("wire.one", { party: parties[0] ?? "?" });
  if (placement === "each")
    return sign + (parties.length > 3 ? t("wire.many", { count: parties.length }) : parties.join(" + "));
  if (placement === "shared") return sign + t("wire.shared");
  return placement === "public" ? sign + t("wire.public") : "";
}

/** In full. */
export function sentenceOf(data: WireData, t: T): string {
  const parties = data.parties.join(" + ");
  if (data.bad) return t("wire.bad.long");
  if (data.placement === "one") return t("wire.one.long", { party: parties });
  if (data.placement === "each") return t("wire.each.long", { parties });
  if (data.placement === "shared") return t("wire.shared.long", { parties });
  return data.placement === "public" ? t("wire.public.long") : t("wire.unknown");
}
