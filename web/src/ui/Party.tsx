/** An organisation: its initials, its colour, its name. The colour never stands alone. */
import { createContext, type ReactNode, useContext } from "react";
import { useSession } from "../core/session";
import { core } from "../core/texts";
import styles from "./Party.module.css";

const Order = createContext<readonly string[]>([]);

/** Parties below keep their colours apart among `names`. */
export function PartyOrder({ names, children }: { names: readonly string[]; children: ReactNode }) {
  return <Order.Provider value={names}>{children}</Order.Provider>;
}

const HUES = 8;

/** The hue that a name has by itself. */
function ownHue(name: string): number {
  let sum = 9;
  for (const letter of name) sum = (sum * 37 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % HUES;
}

/**
 * 0 to 7, of the CSS variables --party-0 … --party-7. By the name alone, so that an organisation has one colour in every
 * chair; among `order` the later ones by name give way where two would be alike.
 */
export function hueOf(name: string, order: readonly string[] = []): number {
  const taken = new Set<number>();
  for (const other of [...order].sort()) {
    let hue = ownHue(other);
    for (let tries = 0; tries < HUES && taken.has(hue); tries += 1) hue = (hue + 1) % HUES;
    if (other === name) return hue;
    taken.add(hue);
  }
  return ownHue(name);
}

export function useHue(): (name: string) => number {
  const order = useContext(Order);
  return (name) => hueOf(name, order);
}

/** Two letters, or one character of a script without letters. */
export function initialsOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  const [first = "?", second] = words;
  if (/\p{Script=Han}/u.test(first)) return first.slice(0, 1);
  return (second === undefined ? first.slice(0, 2) : first.slice(0, 1) + second.slice(0, 1)).toUpperCase();
}

interface PartyProps {
  name: string;
  kind?: "data" | "dealer";
  size?: "sm" | "md";
  /** Without the name, which is then the tooltip. */
  brief?: boolean;
}

export function Party({ name, kind = "data", size = "md", brief }: PartyProps) {
  const t = core.useT();
  const session = useSession();
  const hue = useHue()(name);
  const mine = session.state === "in" && session.me.node?.name === name;
  return (
    <span
      className={styles.party}
      data-size={size}
      data-hue={hue}
      data-kind={kind}
      data-mine={mine || undefined}
      title={brief ? name : undefined}
    >
      <span aria-hidden className={styles.mark}>
        {initialsOf(name)}
      </span>
      <span className={brief ? styles.hidden : undefined}>
        {name}
        {mine && <span className={styles.you}> ({t("you")})</span>}
      </span>
    </span>
  );
}
