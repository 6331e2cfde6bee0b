/** The focus comes back to where it was when a dialog or the tour of the editor has closed, else to the canvas. */
import { useEffect } from "react";
import type { Store } from "../../core/store";

export function useReturningFocus<X>(question: Store<X | undefined>): void {
  useEffect(() => {
    let before = question.get();
    let last: Element | null = null;
    return question.subscribe(() => {
      const now = question.get();
      if (before === undefined && now !== undefined) last = origin(document.activeElement);
      if (before !== undefined && now === undefined) window.setTimeout(() => returnTo(last), 0); // after it is gone
      before = now;
    });
  }, [question]);
}

/** An entry of a menu goes with its menu; what opened that stays. */
function origin(element: Element | null): Element | null {
  const opener = element?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  return opener ? document.getElementById(opener) : element;
}

function returnTo(last: Element | null): void {
  if (document.activeElement !== document.body && document.activeElement !== null) return;
  const canvas = document.querySelector<HTMLElement>("main [role=application]");
  const place = last instanceof HTMLElement && last.isConnected && last !== document.body ? last : canvas;
  place?.focus({ preventScroll: true });
}
