/** One form for the parameters of every operator, made from their schema. */
import { ActionIcon, Tooltip } from "@mantine/core";
import IconRestore from "@tabler/icons-react/dist/esm/icons/IconRestore.mjs";
import { useId, useMemo, useState } from "react";
import type { FlowProblem } from "../api/types";
import { IconChevronDown, IconChevronRight } from "../core/icons";
import { useProblemText } from "../core/problems";
import { useW } from "../core/texts";
import type { FormContext } from "./context";
import { asObject, type Json, type JsonObject, withEntry } from "./json";
import { type WidgetProps, widgetNamed } from "./registry";
import styles from "./SpecForm.module.css";
import { type Field, fieldsOf, type JsonSchema } from "./schema";
import { forms } from "./texts";
import { faultsOf } from "./validate";
import { changed, isSet, shown, strangers } from "./values";
import { widgetFor } from "./widgets";

export interface SpecFormProps {
  schema: JsonSchema;
  value: Json | undefined;
  /** The parameters anew, and the dotted path of what was changed. */
  onChange: (value: JsonObject, path: string) => void;
  context: FormContext;
  /** What the node found, with `param`. */
  problems?: readonly FlowProblem[];
  readOnly?: boolean;
  /** Dotted path of a field that has to be in sight, even if it is one of the rarer ones. */
  wanted?: string;
}

/** How many fields stand open from the start; the rest is one click away. */
const FIRST = 8;

export function SpecForm(props: SpecFormProps) {
  const { schema, value, context, readOnly = false } = props;
  const t = forms.useT();
  const fields = useMemo(() => fieldsOf(schema), [schema]);
  const params = asObject(value);
  const errorAt = useErrors(props);
  const others = strangers(fields, params);
  if (fields.length === 0 && others.length === 0) return <p className={styles.quiet}>{t("none")}</p>;
  const shared = { params, context, errorAt, readOnly, onParams: props.onChange };
  const [open, rare] = parted(fields, params);
  return (
    <div className={styles.form}>
      {open.map((field) => (
        <FieldRow key={field.path} field={field} {...shared} />
      ))}
      {rare.length > 0 && (
        <More fields={rare} wanted={props.wanted} errorAt={errorAt}>
          {rare.map((field) => (
            <FieldRow key={field.path} field={field} {...shared} />
          ))}
        </More>
      )}
      {others.map((name) => (
        <Stranger
          key={name}
          name={name}
          readOnly={readOnly}
          onRemove={() => props.onChange(withEntry(params, name, undefined), name)}
        />
      ))}
    </div>
  );
}

/** The first fields and all that are set or needed; then the rest. */
function parted(fields: Field[], params: JsonObject): [Field[], Field[]] {
  if (fields.length <= FIRST + 2) return [fields, []];
  const isOpen = (field: Field, place: number): boolean => place < FIRST || field.required || isSet(field, params);
  return [fields.filter(isOpen), fields.filter((field, place) => !isOpen(field, place))];
}

interface MoreProps {
  fields: Field[];
  wanted: string | undefined;
  errorAt: (path: string) => string | undefined;
  children: React.ReactNode;
}

function More({ fields, wanted, errorAt, children }: MoreProps) {
  const t = forms.useT();
  const id = useId();
  const [asked, setAsked] = useState(false);
  const needed = fields.some((field) => wanted?.split(".")[0] === field.name || errorAt(field.path) !== undefined);
  const open = asked || needed;
  return (
    <div>
      <button
        type="button"
        className={styles.rest}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setAsked(!open)}
      >
        {open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
        {t("more", { count: fields.length })}
      </button>
      <div id={id} className={styles.form} hidden={!open}>
        {open && children}
      </div>
    </div>
  );
}

/** The node's findings and what can be seen here, by path. The node's word comes first: it knows more. */
function useErrors({ schema, value, problems }: SpecFormProps): (path: string) => string | undefined {
  const t = forms.useT();
  const tell = useProblemText();
  const faults = useMemo(() => faultsOf(schema, value), [schema, value]);
  return (path) => {
    const local = faults.find((fault) => fault.path === path);
    if (local !== undefined) return t(`fault.${local.code}`, local.values);
    const problem = problems?.find((found) => found.param === path);
    return problem === undefined ? undefined : (problem.expected ?? tell(problem).title);
  };
}

interface FieldRowProps {
  field: Field;
  params: JsonObject;
  onParams: (value: JsonObject, path: string) => void;
  context: FormContext;
  errorAt: (path: string) => string | undefined;
  readOnly: boolean;
}

/** One field with its control and, where the document says something, the way back to the default. */
export function FieldRow({ field, params, onParams, context, errorAt, readOnly }: FieldRowProps) {
  const t = forms.useT();
  const w = useW();
  const set = isSet(field, params);
  const Widget = widgetNamed(field.widget) ?? widgetFor(field);
  const own: WidgetProps = {
    field,
    value: shown(field, params),
    set,
    onChange: (next) => onParams(changed(params, field, next), field.path),
    context,
    beside: params,
    error: errorAt(field.path),
    errorAt,
    readOnly,
  };
  return (
    <div className={styles.field} data-path={`params.${field.path}`} data-set={set || undefined}>
      <Widget {...own} />
      {set && !field.required && !readOnly && (
        <Tooltip label={t("reset", { name: w(field.title) })}>
          <ActionIcon
            className={styles.reset}
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t("reset", { name: w(field.title) })}
            onClick={() => onParams(withEntry(params, field.name, undefined), field.path)}
          >
            <IconRestore size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}

function Stranger({ name, readOnly, onRemove }: { name: string; readOnly: boolean; onRemove: () => void }) {
  const t = forms.useT();
  return (
    <div className={styles.stranger} data-path={`params.${name}`}>
      <p>{t("stranger", { name })}</p>
      {!readOnly && (
        <button type="button" className={styles.more} onClick={onRemove}>
          {t("stranger.remove", { name })}
        </button>
      )}
    </div>
  );
}
