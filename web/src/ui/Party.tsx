/** An organisation: its initials, its colour, its name. The colour never stands alone. */
import { createContext, type ReactNode, useContext } from "react";
import { useSession } from "../core/session";
import { core } from "../core/texts";
import styles from "./Party.module.css";

const Order = createContext<readonly string[]>([]);

/** Parties below get their colours by their place in `names`; this node always has the first. */
export function PartyOrder({ names, children }: { names: readonly string[]; children: ReactNode }) {
  return <Order.Provider value={names}>{children}</Order.Provider>;
}

const HUES = 8;

/** 0 to 7, of the CSS variables --party-0 … --party-7. `me` has 0. */
export function hueOf(name: string, me: string | undefined, order: readonly string[] = []): number {
  if (name === me) return 0;
  const place = order.filter((other) => other !== me).indexOf(name);
  if (place >= 0) return 1 + (place % (HUES - 1));
  let sum = 7;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return 1 + (sum % (HUES - 1));
}

export function useHue(): (name: string) => number {
  const order = useContext(Order);
  const session = useSession();
  const me = session.state === "in" ? session.me.node?.name : undefined;
  return (name) => hueOf(name, me, order);
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
    <span className={styles.party} data-size={size} data-hue={hue} data-kind={kind} title={brief ? name : undefined}>
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
