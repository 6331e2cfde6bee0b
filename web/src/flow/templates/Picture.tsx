/** A small drawing of a template: who brings what, and where it meets. */
import styles from "./Templates.module.css";
import type { TemplateId } from "./templates";

/** Boxes by column and row; wires between them. */
const DRAWINGS: Record<TemplateId, { boxes: [number, number, number][]; wires: [number, number][] }> = {
  blank: { boxes: [], wires: [] },
  psi: {
    boxes: [
      [0, 0, 0],
      [0, 2, 1],
      [1, 1, 2],
    ],
    wires: [
      [0, 2],
      [1, 2],
    ],
  },
  psi_count: {
    boxes: [
      [0, 0, 0],
      [0, 2, 1],
      [1, 1, 2],
    ],
    wires: [
      [0, 2],
      [1, 2],
    ],
  },
  statistics: {
    boxes: [
      [0, 0, 0],
      [0, 2, 1],
      [1, 1, 2],
      [2, 1, 2],
    ],
    wires: [
      [0, 2],
      [1, 2],
      [2, 3],
    ],
  },
  train: {
    boxes: [
      [0, 0, 0],
      [0, 2, 1],
      [1, 1, 2],
      [2, 0, 2],
      [2, 2, 2],
      [3, 1, 2],
    ],
    wires: [
      [0, 2],
      [1, 2],
      [2, 3],
      [2, 4],
      [3, 5],
      [4, 5],
    ],
  },
  score: {
    boxes: [
      [0, 0, 0],
      [0, 2, 1],
      [1, 1, 2],
      [1, 2.4, 2],
      [2, 1, 2],
    ],
    wires: [
      [0, 2],
      [1, 2],
      [2, 4],
      [3, 4],
    ],
  },
  many: {
    boxes: [
      [0, 0, 0],
      [0, 1, 1],
      [0, 2, 3],
      [1, 1, 2],
    ],
    wires: [
      [0, 3],
      [1, 3],
      [2, 3],
    ],
  },
};
const [WIDE, HIGH, BOX, TALL] = [46, 17, 30, 12];
const SIGNS: Partial<Record<TemplateId, string>> = { blank: "+", psi_count: "#" };

export function Picture({ template }: { template: TemplateId }) {
  const { boxes, wires } = DRAWINGS[template];
  const sign = SIGNS[template];
  const width = Math.max(...boxes.map(([column]) => column), 0) * WIDE + BOX;
  const at = (place: number): [number, number, number] => boxes[place] ?? [0, 0, 0];
  return (
    <svg className={styles.picture} viewBox={`-6 -6 ${width + 12} 66`} aria-hidden="true">
      {wires.map(([from, to]) => {
        const [[x1, y1], [x2, y2]] = [at(from), at(to)];
        const [left, right] = [x1 * WIDE + BOX, x2 * WIDE];
        const [high, low] = [y1 * HIGH + TALL / 2, y2 * HIGH + TALL / 2];
        return (
          <path key={`${from}-${to}`} d={`M${left},${high} C${left + 9},${high} ${right - 9},${low} ${right},${low}`} />
        );
      })}
      {boxes.map(([column, row, hue]) => (
        <rect
          key={`${column}:${row}`}
          data-hue={hue}
          x={column * WIDE}
          y={row * HIGH}
          width={BOX}
          height={TALL}
          rx={3}
        />
      ))}
      {sign !== undefined && (
        <text
          x={boxes.length === 0 ? BOX / 2 : WIDE + BOX / 2}
          y={boxes.length === 0 ? 32 : HIGH + 9.5}
          textAnchor="middle"
          data-large={boxes.length === 0 || undefined}
        >
          {sign}
        </text>
      )}
    </svg>
  );
}
