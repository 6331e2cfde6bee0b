/** Numbers, with the limits of their schema. */
import { ActionIcon, NumberInput, Tooltip } from "@mantine/core";
import { IconRefresh } from "../../core/icons";
import { useInput } from "../input";
import type { WidgetProps } from "../registry";
import styles from "../SpecForm.module.css";
import type { JsonSchema } from "../schema";
import { forms } from "../texts";

export function NumberField(props: WidgetProps) {
  const { field, value, onChange } = props;
  const t = forms.useT();
  const input = useInput(props);
  const whole = field.schema.type === "integer";
  return (
    <NumberInput
      {...input}
      value={typeof value === "number" ? value : ""}
      placeholder={field.nullable ? t("empty") : undefined}
      allowDecimal={!whole}
      allowNegative={(field.schema.minimum ?? field.schema.exclusiveMinimum ?? -1) < 0}
      step={stepOf(field.schema, value)}
      clampBehavior="none"
      thousandSeparator={whole ? " " : undefined}
      onChange={(next) => onChange(numberIn(next))}
    />
  );
}

/** What was typed, as a number; nothing where it is none (yet). */
export function numberIn(typed: string | number): number | undefined {
  if (typed === "" || typed === "-") return undefined;
  const number = Number(typed);
  return Number.isFinite(number) ? number : undefined;
}

/** A sensible step of the arrows: 1 for whole numbers, a tenth of the size for others. */
export function stepOf(schema: JsonSchema, value: unknown): number {
  if (schema.type === "integer") return 1;
  const size = typeof value === "number" && value !== 0 ? Math.abs(value) : 1;
  return 10 ** (Math.floor(Math.log10(size)) - 1);
}

export function SeedField(props: WidgetProps) {
  const { field, onChange, readOnly } = props;
  const t = forms.useT();
  const roll = (): void => onChange(randomBelow(field.schema.maximum ?? 2 ** 31 - 1));
  return (
    <div className={styles.row}>
      <NumberField {...props} />
      {!readOnly && (
        <Tooltip label={t("seed.new")}>
          <ActionIcon variant="default" size={36} aria-label={t("seed.new")} onClick={roll}>
            <IconRefresh size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}

function randomBelow(limit: number): number {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return number % (Math.min(limit, 2 ** 32 - 2) + 1);
}
