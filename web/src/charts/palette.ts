/** The theme's colours as values, for what is painted and not styled. */
import { useEffect, useState } from "react";

export interface Palette {
  text: string;
  soft: string;
  faint: string;
  line: string;
  lineStrong: string;
  surface: string;
  raised: string;
  sunken: string;
  accent: string;
  accentSoft: string;
  ok: string;
  info: string;
  warn: string;
  bad: string;
  idle: string;
  /** Colours of organisations, by hue. */
  party: string[];
  font: string;
  dark: boolean;
}

const HUES = 8;

export function paletteOf(element: Element): Palette {
  const style = window.getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim() || "#888888";
  return {
    text: token("text"),
    soft: token("text-soft"),
    faint: token("text-faint"),
    line: token("line"),
    lineStrong: token("line-strong"),
    surface: token("surface"),
    raised: token("surface-raised"),
    sunken: token("surface-sunken"),
    accent: token("accent-strong"),
    accentSoft: token("accent-soft"),
    ok: token("tone-ok-strong"),
    info: token("tone-info-strong"),
    warn: token("tone-warn-strong"),
    bad: token("tone-bad-strong"),
    idle: token("tone-idle-strong"),
    party: Array.from({ length: HUES }, (_, hue) => token(`party-${hue}`)),
    font: token("font"),
    dark: element.closest("[data-mantine-color-scheme]")?.getAttribute("data-mantine-color-scheme") === "dark",
  };
}

/** The palette where `element` stands; anew when the theme changes. */
export function usePalette(element: Element | null): Palette | undefined {
  const [palette, setPalette] = useState<Palette>();
  useEffect(() => {
    if (element === null) return;
    const read = (): void => setPalette(paletteOf(element));
    read();
    const observer = new MutationObserver(read);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-mantine-color-scheme"] });
    return () => observer.disconnect();
  }, [element]);
  return palette;
}
