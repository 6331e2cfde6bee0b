/** Whether boxes stand wholly inside the canvas. */

export interface Size {
  width: number;
  height: number;
}

export interface Area extends Size {
  x: number;
  y: number;
}

interface View {
  x: number;
  y: number;
  zoom: number;
}

/** `area` in the flow's own units; `view` says how it is drawn; `size` of the canvas in pixels. */
export function isInside(area: Area, view: View, size: Size): boolean {
  const left = area.x * view.zoom + view.x;
  const top = area.y * view.zoom + view.y;
  const right = left + area.width * view.zoom;
  const bottom = top + area.height * view.zoom;
  return left >= 0 && top >= 0 && right <= size.width && bottom <= size.height;
}
