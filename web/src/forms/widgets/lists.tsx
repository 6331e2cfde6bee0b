/** Lists of words, and lists of such lists. */
import { Button, TagsInput } from "@mantine/core";
import IconPlus from "@tabler/icons-react/dist/esm/icons/IconPlus.mjs";
import { Inset, Remove, useInput } from "../input";
import type { Json } from "../json";
import type { WidgetProps } from "../registry";
import styles from "../SpecForm.module.css";
import { wordsIn } from "../schema";
import { forms } from "../texts";

const words = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((word): word is string => typeof word === "string") : [];

export function WordsField(props: WidgetProps) {
  const { field, value, onChange } = props;
  const t = forms.useT();
  const input = useInput(props);
  return (
    <TagsInput
      {...input}
      data={wordsIn(field.schema.items?.pattern)}
      value={words(value).map(seen)}
      placeholder={input.readOnly ? undefined : t("add.word")}
      onChange={(next) => onChange(next.length === 0 && field.nullable ? undefined : next.map(meant))}
      acceptValueOnBlur
      splitChars={[]}
    />
  );
}

const EMPTY = "\u2423";
/** An empty word would be an invisible tag. */
const seen = (word: string): string => (word === "" ? EMPTY : word);
const meant = (word: string): string => (word === EMPTY ? "" : word);

export function WordListsField(props: WidgetProps) {
  const { field, value, onChange, errorAt, readOnly } = props;
  const t = forms.useT();
  const { label, description, error } = useInput(props);
  const lists = Array.isArray(value) ? value : [];
  const suggested = wordsIn(field.schema.items?.items?.pattern);
  const put = (place: number, list: string[] | undefined): void =>
    onChange(list === undefined ? lists.filter((_, at) => at !== place) : lists.toSpliced(place, 1, list));
  const faultIn = (place: number): string | undefined =>
    errorAt(`${field.path}.${place}`) ??
    words(lists[place])
      .map((_, at) => errorAt(`${field.path}.${place}.${at}`))
      .find((fault) => fault !== undefined);
  return (
    <Inset label={label} description={description} error={error}>
      {lists.map((list, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is what the list is about
        <div key={place} className={styles.row}>
          <TagsInput
            label={t("word_lists.row", { place: place + 1 })}
            data={suggested}
            value={words(list)}
            error={faultIn(place)}
            readOnly={readOnly}
            placeholder={t("add.word")}
            onChange={(next) => put(place, next)}
            acceptValueOnBlur
          />
          {!readOnly && (
            <Remove label={t("word_lists.remove", { place: place + 1 })} onClick={() => put(place, undefined)} />
          )}
        </div>
      ))}
      {!readOnly && lists.length < (field.schema.maxItems ?? 64) && (
        <div>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => onChange([...lists, []])}
          >
            {t("word_lists.add")}
          </Button>
        </div>
      )}
    </Inset>
  );
}
