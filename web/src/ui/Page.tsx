/** The frame of every page: trail, heading, actions. */
import { ActionIcon, Popover } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { IconInfoCircle } from "../core/icons";
import { pathNow } from "../core/location";
import { core } from "../core/texts";
import { headings } from "./headings";
import { Link } from "./Link";
import styles from "./Page.module.css";

interface PageFrameProps {
  title: string;
  /** Label and place of what stands above. */
  crumbs?: [label: string, href: string][];
  /** One sentence below the heading. */
  lead?: ReactNode;
  /** Beside the heading: state, level, party. */
  badges?: ReactNode;
  actions?: ReactNode;
  /** What this page is for; opens beside the heading. */
  help?: ReactNode;
  /** Uses the whole width and height: canvas, wall. */
  wide?: boolean;
  children?: ReactNode;
}

export function Page({ title, crumbs = [], lead, badges, actions, help, wide, children }: PageFrameProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Tacit`;
  }, [title]);
  useEffect(() => {
    if (headings.takesFocus(pathNow())) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className={styles.page} data-wide={wide || undefined}>
      <Crumbs crumbs={crumbs} />
      <header className={styles.head}>
        <div className={styles.titles}>
          <h1 ref={heading} tabIndex={-1} className={styles.title}>
            {title}
          </h1>
          {badges}
          {help !== undefined && <Help>{help}</Help>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {lead !== undefined && <p className={styles.lead}>{lead}</p>}
      <div className={styles.body}>{children}</div>
    </div>
  );
}

function Crumbs({ crumbs }: { crumbs: [string, string][] }) {
  const t = core.useT();
  if (crumbs.length === 0) return null;
  return (
    <nav aria-label={t("crumbs")} className={styles.crumbs}>
      {crumbs.map(([label, href], place) => (
        <span key={href}>
          {place > 0 && (
            <span aria-hidden className={styles.slash}>
              /
            </span>
          )}
          <Link href={href}>{label}</Link>
        </span>
      ))}
    </nav>
  );
}

function Help({ children }: { children: ReactNode }) {
  const t = core.useT();
  return (
    <Popover width={360} withArrow shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("help")}>
          <IconInfoCircle size={18} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>{children}</Popover.Dropdown>
    </Popover>
  );
}
