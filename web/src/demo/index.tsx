/** What a demo adds to the console: other chairs, and a tour. All of it is loaded only in a demo. */
import { lazy, Suspense } from "react";
import { recall } from "../core/remembered";
import { start } from "../core/session";

const Chairs = lazy(() => import("./Chairs"));
const Tour = lazy(() => import("../tour/Tour"));
const isDemo = (): boolean => recall("demo") !== undefined;
const isArrival = (): boolean => window.location.hash.includes("chairs=");

/** Looks who is signed in; by a link of the demo, signs in. */
export async function begin(): Promise<void> {
  window.addEventListener("hashchange", () => {
    if (isArrival()) window.location.reload();
  });
  if (!isArrival()) return start();
  const { arrive } = await import("./arrival");
  return arrive();
}

export function DemoChairs() {
  return isDemo() ? (
    <Suspense fallback={null}>
      <Chairs />
    </Suspense>
  ) : null;
}

export function DemoTour() {
  return isDemo() ? (
    <Suspense fallback={null}>
      <Tour />
    </Suspense>
  ) : null;
}
