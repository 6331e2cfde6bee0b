/** The type of a column in words. */
import { core } from "../core/texts";

const WORDS = ["text", "integer", "number", "boolean", "date", "moment", "clock"] as const;
type Word = (typeof WORDS)[number];
/** Beginnings of Arrow's names for dates and times. */
const ARROW: [string, Word][] = [
  ["date", "date"],
  ["timestamp", "moment"],
  ["time", "clock"],
];

/** A type that has no word, such as a nested one, stays what the node calls it. */
export function useColumnType(): (type: string) => string {
  const t = core.useT();
  return (type) => {
    const word = WORDS.find((one) => one === type) ?? ARROW.find(([start]) => type.startsWith(start))?.[1];
    return word === undefined ? type : t(`type.${word}`);
  };
}

export function ColumnType({ type, className }: { type: string; className?: string }) {
  const say = useColumnType();
  return (
    <span className={className} title={type}>
      {say(type)}
    </span>
  );
}
