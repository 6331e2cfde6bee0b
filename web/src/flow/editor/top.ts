/** How far down the editor begins: what stands above it comes, goes and wraps, and the editor fills the rest of the window. */
import { type RefObject, useLayoutEffect, useRef } from "react";

export function useTop(): RefObject<HTMLDivElement | null> {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const work = ref.current;
    if (work === null) return;
    const measure = (): void => {
      const top = Math.round(work.getBoundingClientRect().top + window.scrollY);
      work.style.setProperty("--top", `${top}px`);
    };
    measure();
    const watch = new ResizeObserver(measure);
    for (const element of [document.body, work.closest("main")]) if (element !== null) watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return ref;
}
