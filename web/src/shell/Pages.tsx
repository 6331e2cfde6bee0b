/** Finds the page of a place, and shows it to those who may see it. */
import { Button } from "@mantine/core";
import { type ComponentType, createElement, lazy, Suspense, useEffect, useMemo } from "react";
import { matchRoute, useLocation, useRouter } from "wouter";
import { useGet } from "../api/hooks";
import { go, pathNow } from "../core/location";
import { type PageEntry, type PageParams, type PageProps, pages, to } from "../core/nav";
import { useMe } from "../core/session";
import { core, useW } from "../core/texts";
import { Loading } from "../ui/Async";
import { headings } from "../ui/headings";
import { Link } from "../ui/Link";
import { Page } from "../ui/Page";
import { Boundary } from "./Boundary";
import { useDoubt } from "./presence";
import styles from "./Shell.module.css";

export interface Place {
  entry: PageEntry;
  params: PageParams;
  path: string;
}

export function usePlace(): Place | undefined {
  const { parser } = useRouter();
  const [path] = useLocation();
  return useMemo(() => {
    const plain = path.length > 1 ? path.replace(/\/+$/, "") : path;
    for (const entry of pages()) {
      const [matches, params] = matchRoute(parser, entry.path, plain);
      if (matches) return { entry, params: { ...params } as PageParams, path: plain };
    }
    return undefined;
  }, [parser, path]);
}

export function Pages({ place }: { place: Place | undefined }) {
  const me = useMe();
  const [here] = useLocation();
  const isInside = here !== "/sign-in";
  useEffect(() => {
    if (isInside) headings.openAt(here);
  }, [isInside, here]);
  if (!isInside) return <Inside />;
  if (place === undefined) return <NotFound />;
  const { entry, params, path } = place;
  if (entry.action !== undefined && !me.can(entry.action)) return <NotForYou action={entry.action} />;
  return (
    <Boundary place={path}>
      <Suspense fallback={<Waiting />}>
        {createElement(componentOf(entry), { key: entry.keeps ? entry.path : path, params })}
      </Suspense>
    </Boundary>
  );
}

/** Who is signed in is on the way to the first page, which must not come as the second: that would take the focus. */
function Inside() {
  useEffect(() => {
    if (pathNow() === "/sign-in") go("/", { replace: true });
  }, []);
  return null;
}

/** Nothing but the node itself can say why a page does not come. */
function Waiting() {
  useDoubt(true);
  return (
    <div className={styles.waiting}>
      <Loading height={240} />
    </div>
  );
}

const components = new Map<PageEntry, ComponentType<PageProps>>();

function componentOf(entry: PageEntry): ComponentType<PageProps> {
  const known = components.get(entry) ?? lazy(entry.load);
  components.set(entry, known);
  return known;
}

function NotFound() {
  const t = core.useT();
  return (
    <Page title={t("not_found")} lead={t("not_found.text")}>
      <div>
        <Button component={Link} href={to.home()} variant="default">
          {t("to_home")}
        </Button>
      </div>
    </Page>
  );
}

function NotForYou({ action }: { action: string }) {
  const t = core.useT();
  const w = useW();
  const access = useGet("/access").data;
  const wanted = access?.actions.find((known) => known.name === action);
  const titles = new Map(access?.roles.map((role) => [role.name, w(role.title)]));
  const roles = wanted?.roles.map((name) => titles.get(name) ?? name).join(", ") ?? "";
  return <Page title={t("not_for_you")} lead={t("not_for_you.text", { action: w(wanted?.title) || action, roles })} />;
}
