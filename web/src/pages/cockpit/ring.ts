/** Places of organisations on a ring: drawn by order, not by geography. */
export interface Spot {
  name: string;
  x: number;
  y: number;
}

/** The first at the top, the others clockwise; on a box of `size` with the ring inside of `margin`. */
export function ringOf(names: string[], width: number, height: number, margin: number): Spot[] {
  return names.map((name, place) => {
    const angle = (2 * Math.PI * place) / Math.max(1, names.length) - Math.PI / 2;
    return {
      name,
      x: width / 2 + (width / 2 - margin) * Math.cos(angle),
      y: height / 2 + (height / 2 - margin) * Math.sin(angle),
    };
  });
}

/** How thick a line is for so many jobs. */
export const widthOf = (jobs: number, most: number): number => (most === 0 ? 1.5 : 1.5 + (4.5 * jobs) / most);
