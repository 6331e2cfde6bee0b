/** The way to every page that the person may see. */
import { useLocation } from "wouter";
import { type NavEntry, type PageEntry, pages } from "../core/nav";
import { useMe } from "../core/session";
import { core } from "../core/texts";
import { Link } from "../ui/Link";
import { Logo } from "./Logo";
import styles from "./Navigation.module.css";

type Shown = PageEntry & { nav: NavEntry };
const GROUPS = ["daily", "network", "admin"] as const;

export function Navigation({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = core.useT();
  const shown = useShown();
  return (
    <>
      {open && <button type="button" className={styles.veil} aria-label={t("close")} onClick={onClose} />}
      <nav aria-label={t("main.navigation")} className={styles.nav} data-open={open || undefined}>
        <Link href="/" className={styles.brand}>
          <Logo />
          <span>Tacit</span>
        </Link>
        {GROUPS.map((group) => {
          const entries = shown.filter((entry) => entry.nav.group === group);
          return entries.length === 0 ? null : (
            <div key={group} className={styles.group}>
              <p className={styles.heading}>{t(`nav.group.${group}`)}</p>
              <ul>
                {entries.map((entry) => (
                  <First
                    key={entry.path}
                    entry={entry}
                    below={shown.filter((other) => other.nav.under === entry.path)}
                  />
                ))}
              </ul>
            </div>
          );
        })}
      </nav>
    </>
  );
}

export function useShown(): Shown[] {
  const me = useMe();
  return pages()
    .filter((entry): entry is Shown => entry.nav !== undefined && (entry.action === undefined || me.can(entry.action)))
    .sort((one, other) => one.nav.order - other.nav.order);
}

const isAt = (path: string, place: string): boolean =>
  path === "/" ? place === "/" : place === path || place.startsWith(`${path}/`);

function First({ entry, below }: { entry: Shown; below: Shown[] }) {
  const [place] = useLocation();
  const inside = isAt(entry.path, place) || below.some((other) => isAt(other.path, place));
  const exact = !below.some((other) => isAt(other.path, place));
  return (
    <li>
      <Item entry={entry} present={inside && exact} inside={inside} />
      {inside && below.length > 0 && (
        <ul className={styles.below}>
          {below.map((other) => (
            <li key={other.path}>
              <Item entry={other} present={isAt(other.path, place)} inside={false} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Item({ entry, present, inside }: { entry: Shown; present: boolean; inside: boolean }) {
  const t = core.useT();
  const { icon: Sign, label, useBadge } = entry.nav;
  return (
    <Link
      href={entry.path}
      className={styles.item}
      aria-current={present ? "page" : undefined}
      data-inside={inside || undefined}
    >
      {Sign !== undefined && <Sign size={18} stroke={1.75} aria-hidden />}
      <span className={styles.label}>{t(label)}</span>
      {useBadge !== undefined && <Count useBadge={useBadge} />}
    </Link>
  );
}

function Count({ useBadge }: { useBadge: () => number | undefined }) {
  const count = useBadge();
  return count ? <span className={styles.count}>{count > 99 ? "99+" : count}</span> : null;
}
