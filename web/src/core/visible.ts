/**
 * Words of others: characters that nobody sees but that change what is read (directions, widths of nothing, controls)
 * show as their codes. Joiners stay, as some scripts and signs need them. After Unicode TR 36 and TR 39.
 */
const UNSEEN = /(?![\t\n\r\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

export const visible = (text: string): string =>
  text.replace(UNSEEN, (sign) => `⟨U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
