/** A report as one file: what is on the page, its styles, its charts as SVG, its receipt. Nothing in it runs. */

interface Parts {
  title: string;
  language: string;
  receipt: unknown;
}

const GONE = "button, input, select, textarea, script, style, link, [data-no-export]";
const CHART = /^data:image\/svg\+xml,/;

export function htmlOf(article: HTMLElement, { title, language, receipt }: Parts): string {
  const frame = document.createElement("div");
  frame.setAttribute("data-mantine-color-scheme", "light");
  const copy = article.cloneNode(true) as HTMLElement;
  frame.append(copy);
  for (const heading of copy.querySelectorAll("th button")) heading.replaceWith(...heading.childNodes);
  for (const each of copy.querySelectorAll(GONE)) each.remove();
  for (const link of copy.querySelectorAll("a")) link.replaceWith(...link.childNodes);
  for (const each of copy.querySelectorAll("[tabindex]")) each.removeAttribute("tabindex");
  const drawings = takeDrawings(copy);
  const styles = stylesFor(frame, [...document.styleSheets]);
  let body = copy.outerHTML;
  for (const [mark, svg] of drawings) body = body.replace(`<i data-drawing="${mark}"></i>`, () => svg);
  return [
    "<!doctype html>",
    `<html lang="${escaped(language)}" data-mantine-color-scheme="light">`,
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">`,
    `<title>${escaped(title)}</title>`,
    `<style>${styles.replaceAll("</", "<\\/")}</style></head>`,
    `<body>${body}`,
    receipt === undefined ? "" : `<script type="application/json" id="receipt">${json(receipt)}</script>`,
    "</body></html>",
  ].join("\n");
}

/** Puts a mark in the place of each drawing, and gives the drawings by mark. */
function takeDrawings(copy: HTMLElement): Map<string, string> {
  const drawings = new Map<string, string>();
  for (const image of copy.querySelectorAll<HTMLImageElement>("img[data-chart]")) {
    const source = image.getAttribute("src") ?? "";
    if (!CHART.test(source)) continue;
    const mark = String(drawings.size);
    const place = document.createElement("i");
    place.setAttribute("data-drawing", mark);
    const label = `<svg role="img" aria-label="${escaped(image.alt)}" `;
    drawings.set(
      mark,
      decodeURIComponent(source.replace(CHART, "")).replace("<svg ", () => label),
    ); // "$'" in it is text
    image.replaceWith(place);
  }
  return drawings;
}

/** The rules of the page that mean anything below `frame`. */
export function stylesFor(frame: Element, sheets: CSSStyleSheet[]): string {
  return sheets.map((sheet) => rulesFor(frame, rulesOf(sheet))).join("\n");
}

function rulesOf(sheet: CSSStyleSheet): CSSRule[] {
  try {
    return [...sheet.cssRules];
  } catch {
    return []; // a sheet of a browser extension
  }
}

function rulesFor(frame: Element, rules: CSSRule[]): string {
  return rules.map((rule) => textFor(frame, rule)).join("\n");
}

function textFor(frame: Element, rule: CSSRule): string {
  if ("selectorText" in rule) return means(frame, String(rule.selectorText)) ? rule.cssText : "";
  if ("cssRules" in rule && !rule.cssText.startsWith("@keyframes")) {
    const inner = rulesFor(frame, [...(rule as CSSGroupingRule).cssRules]).trim();
    const head = rule.cssText.slice(0, rule.cssText.indexOf("{"));
    return inner === "" ? "" : `${head}{\n${inner}\n}`;
  }
  return rule.cssText.startsWith("@page") || rule.cssText.startsWith("@layer") ? rule.cssText : "";
}

const ROOT = /^(:root|html|body|\*)\b|^:root|^\*/;
const PSEUDO =
  /::?(before|after|placeholder|marker|selection|hover|focus-visible|focus-within|focus|active|disabled|checked|visited|-webkit-[a-z-]+|-moz-[a-z-]+)/g;

function means(frame: Element, selectors: string): boolean {
  return selectors.split(/,(?![^(]*\))/).some((selector) => {
    const plain = selector.trim();
    if (ROOT.test(plain) && !plain.includes("dark")) return true;
    const bare = plain.replace(PSEUDO, "").trim();
    if (bare === "") return false;
    try {
      return frame.matches(bare) || frame.querySelector(bare) !== null;
    } catch {
      return false;
    }
  });
}

export const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** JSON that cannot end the element it stands in. */
export const json = (value: unknown): string => JSON.stringify(value, null, 1).replaceAll("<", "\\u003c");
