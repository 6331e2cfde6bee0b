/** Whether the heading of a page that appears takes the focus: not where the console was opened, as one reads from the top. */

export interface Headings {
  /** The console stands here, whether or not the page has come already. */
  openAt(path: string): void;
  takesFocus(path: string): boolean;
}

export function makeHeadings(): Headings {
  let opened: string | undefined;
  let isFirst = true;
  return {
    openAt(path) {
      opened ??= path;
    },
    takesFocus(path) {
      const takes = !isFirst || (opened !== undefined && opened !== path);
      isFirst = false;
      return takes;
    },
  };
}

export const headings = makeHeadings();
