/** Decimal texts, exact: no floating-point number ever holds money or shares. */

/** "0.7" → "70" */
export function hundredfold(text: string): string {
  const [whole = "0", part = ""] = text.split(".");
  const digits = part.padEnd(2, "0");
  return trimmed(`${whole}${digits.slice(0, 2)}`, digits.slice(2));
}

/** "70" → "0.7" */
export function hundredth(text: string): string {
  const [whole = "0", part = ""] = text.split(".");
  const digits = whole.padStart(3, "0");
  return trimmed(digits.slice(0, -2), `${digits.slice(-2)}${part}`);
}

/** Of decimal texts with up to seven places; NaN if one is none. */
export function sumOf(texts: string[]): number {
  const sum = texts.reduce((total, text) => total + units(text), 0);
  return sum / 10_000_000;
}

function units(text: string): number {
  const [whole = "", part = ""] = text.split(".");
  return /^\d{1,3}$/.test(whole) && /^\d{0,7}$/.test(part) ? Number(`${whole}${part.padEnd(7, "0")}`) : Number.NaN;
}

function trimmed(whole: string, part: string): string {
  const left = whole.replace(/^0+(?=\d)/, "");
  const right = part.replace(/0+$/, "");
  return right === "" ? left : `${left}.${right}`;
}
