/** In which encoding a CSV was saved: what the node found, and what a person knows better. */
import { Select } from "@mantine/core";
import { data } from "../texts";
import { ENCODINGS, isEncoding } from "./encodings";

interface ChoiceProps {
  value?: string;
  /** A person chose it. */
  own: boolean;
  /** The node looked and cannot tell. */
  unknown: boolean;
  onChange: (encoding: string) => void;
}

export function EncodingChoice({ value, own, unknown, onChange }: ChoiceProps) {
  const t = data.useT();
  const names: string[] = [...ENCODINGS, ...(value === undefined || isEncoding(value) ? [] : [value])];
  return (
    <Select
      label={t("encoding")}
      description={value !== undefined && !own ? t("encoding.found") : undefined}
      placeholder={t(unknown ? "encoding.none" : "encoding.unseen")}
      allowDeselect={false}
      value={value ?? null}
      data={names.map((one) => ({ value: one, label: isEncoding(one) ? t(`encoding.${one}`) : one }))}
      onChange={(next) => next !== null && onChange(next)}
    />
  );
}
