/** Arriving by a link of the demo: signs in, unless somebody is, and goes where the link leads. */
import { api } from "../api/client";
import { asProblem } from "../api/problem";
import { go, queryNow } from "../core/location";
import { signInByCode, start } from "../core/session";
import { keepTour } from "../tour/progress";
import { keepDemo, ownChair, readDemo } from "./chairs";

export async function arrive(): Promise<void> {
  const query = queryNow();
  const demo = readDemo(query, window.location);
  const place = query.get("next") ?? "/";
  go("/sign-in", { replace: true }); // the code goes out of the address
  if (demo === undefined) return start();
  keepDemo(demo);
  keepTour(query.get("tour"), place);
  const answer = await api.GET("/session").catch(() => undefined);
  if (answer?.response.status !== 401) {
    go(place, { replace: true });
    return start();
  }
  try {
    await signInByCode(ownChair(demo)?.code ?? "");
    go(place, { replace: true });
  } catch (thrown) {
    go(`/sign-in?error=${encodeURIComponent(asProblem(thrown).code)}`, { replace: true });
    await start();
  }
}
