/** Navigation, header and the page of the present place. */
import { useEffect, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { useGet } from "../api/hooks";
import { startLive } from "../core/live";
import { useMe, useSession } from "../core/session";
import { core } from "../core/texts";
import { PartyOrder } from "../ui/Party";
import { Banners } from "./Banners";
import { EndingBanner } from "./EndingBanner";
import { Expired } from "./Expired";
import { Header } from "./Header";
import { Navigation } from "./Navigation";
import { useNews } from "./news";
import { Pages, type Place, usePlace } from "./Pages";
import styles from "./Shell.module.css";
import { useWanted } from "./wanted";

export function Shell() {
  const me = useMe();
  const session = useSession();
  const place = usePlace();
  useGet("/access"); // role names, wanted everywhere
  const [jobs, inbox] = [me.can("job.read"), me.can("inbox.read")];
  useEffect(() => startLive({ jobs, inbox }), [jobs, inbox]);
  useNews();
  useWanted();
  return (
    <PartyOrder names={useKnownParties()}>
      {place?.entry.bare ? <Bare place={place} /> : <Frame />}
      {session.state === "in" && session.expired && <Expired />}
    </PartyOrder>
  );
}

/** All peers, in one order everywhere, so that each has one colour. */
function useKnownParties(): string[] {
  const me = useMe();
  const peers = useGet("/peers", { query: { limit: 1000 } }, { enabled: me.can("peer.read"), staleTime: 60_000 }).data;
  return useMemo(() => (peers?.items ?? []).map((peer) => peer.name).sort(), [peers]);
}

function Bare({ place }: { place: Place }) {
  return (
    <>
      <Banners />
      <EndingBanner />
      <Pages place={place} />
    </>
  );
}

function Frame() {
  const t = core.useT();
  const place = usePlace();
  const [location] = useLocation();
  const [openAt, setOpenAt] = useState<string>();
  const open = openAt === location; // going elsewhere closes it
  const skip = (): void => document.querySelector<HTMLElement>("main h1, main")?.focus();
  return (
    <div className={styles.shell} data-open={open || undefined}>
      <button type="button" className={styles.skip} onClick={skip}>
        {t("skip")}
      </button>
      <Navigation open={open} onClose={() => setOpenAt(undefined)} />
      <div className={styles.right}>
        <Header onMenu={() => setOpenAt(open ? undefined : location)} menuOpen={open} />
        <Banners />
        <EndingBanner />
        <main className={styles.main} tabIndex={-1}>
          <Pages place={place} />
        </main>
      </div>
    </div>
  );
}
