/** A saved model, and one of its versions. */
import { Autocomplete } from "@mantine/core";
import { useInput } from "../input";
import type { WidgetProps } from "../registry";
import styles from "../SpecForm.module.css";
import { forms } from "../texts";

export function ModelField(props: WidgetProps) {
  const { value, onChange, context } = props;
  const t = forms.useT();
  const input = useInput(props);
  const models = context.models();
  return (
    <>
      <Autocomplete
        {...input}
        data={models.map((model) => model.name)}
        value={typeof value === "string" ? value : ""}
        placeholder={t("choose")}
        onChange={onChange}
        comboboxProps={{ withinPortal: true }}
      />
      {models.length === 0 && <p className={styles.help}>{t("model.none")}</p>}
    </>
  );
}

/** Versions of the model that is named beside it. */
export function ModelVersionField(props: WidgetProps) {
  const { value, onChange, context, beside } = props;
  const t = forms.useT();
  const input = useInput(props);
  const model = context.models().find((known) => known.name === beside.name);
  return (
    <Autocomplete
      {...input}
      data={model?.versions ?? []}
      value={typeof value === "string" ? value : ""}
      placeholder={t("model.version.newest")}
      onChange={(text) => onChange(text === "" ? undefined : text)}
      comboboxProps={{ withinPortal: true }}
    />
  );
}
