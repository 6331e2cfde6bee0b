/** The controls for every shape of value, and those that schemas name. */
import type { ComponentType } from "react";
import { registerWidget, type WidgetProps } from "../registry";
import { emptyIsNull, type Field, type Shape, shapeOf } from "../schema";
import { ChoiceField, ChoicesField } from "./choice";
import { ColumnTypesField } from "./column_types";
import { ColumnField, ColumnsField } from "./columns";
import { DatasetField } from "./dataset";
import { JsonField } from "./json";
import { WordListsField, WordsField } from "./lists";
import { ModelField, ModelVersionField } from "./model";
import { NumberField, SeedField } from "./numbers";
import { ObjectField, OptionalField } from "./object";
import { RoleColumnField, RoleColumnsField } from "./role_columns";
import { SwitchField, TextField } from "./text";

const shapes: Record<Shape, ComponentType<WidgetProps>> = {
  choice: ChoiceField,
  switch: SwitchField,
  number: NumberField,
  text: TextField,
  choices: ChoicesField,
  words: WordsField,
  word_lists: WordListsField,
  object: ObjectField,
  json: JsonField,
};

registerWidget("dataset", DatasetField);
registerWidget("column", ColumnField);
registerWidget("columns", ColumnsField);
registerWidget("role_columns", RoleColumnsField);
registerWidget("role_column", RoleColumnField);
registerWidget("column_types", ColumnTypesField);
registerWidget("measures", ChoicesField);
registerWidget("seed", SeedField);
registerWidget("name", TextField);
registerWidget("model", ModelField);
registerWidget("model_version", ModelVersionField);

/** Without a widget of its own name; an unknown name falls back to the shape. */
export const widgetFor = (field: Field): ComponentType<WidgetProps> =>
  field.nullable && !emptyIsNull(field) ? OptionalField : shapes[shapeOf(field.schema)];

/** For the value inside of an optional one. */
export const widgetForShape = (field: Field): ComponentType<WidgetProps> => shapes[shapeOf(field.schema)];
