import type { GoldenPathForm } from "@causeway/contract";
import { shortRef } from "../terminal/format-value.ts";
import { padTo, widthOf, wrapText, type Style } from "../terminal/style.ts";
import { fieldsOfForm, type FormField } from "./form-fields.ts";
import type { Parameters } from "./parse-settings.ts";

/** The form as help: each field, what it means, what it is when left out; then what the path does. */
export function explainLines(form: GoldenPathForm, style: Style): string[] {
  const fields = fieldsOfForm(form);
  const width = Math.max(0, ...fields.map((field) => widthOf(field.name)));
  const needed = fields.filter((field) => field.required && field.default === undefined);
  const example = needed.map((field) => `--set ${field.name}=…`).join(" ");
  return [
    `${style.bold(form.title)}  ${style.dim(`${form.name} ${form.version}${form.owner ? `, owned by ${shortRef(form.owner)}` : ""}`)}`,
    ...wrapText(form.description, 96),
    "",
    style.dim("Fields"),
    ...fields.flatMap((field) => fieldLines(field, width, style)),
    "",
    style.dim("Steps"),
    ...form.steps.map((step, index) => `  ${index + 1}. ${step.name}  ${style.dim(step.action)}`),
    "",
    `causeway create ${form.name} ${example}`.trimEnd(),
  ];
}

function fieldLines(field: FormField, width: number, style: Style): string[] {
  const left = field.default === undefined ? "optional" : `default ${textOf(field.default)}`;
  const need = field.required && field.default === undefined ? style.warn("required") : left;
  const choices =
    field.choices.length === 0 ? "" : `, one of ${field.choices.map(textOf).join(" ")}`;
  const indent = " ".repeat(width + 4);
  return [
    `  ${style.accent(padTo(field.name, width))}  ${field.title}  ${style.dim(`(${field.type}${choices}, `)}${need}${style.dim(")")}`,
    ...wrapText(field.description ?? "", 90).map((line) => style.dim(`${indent}${line}`)),
  ];
}

/** The filled form: given values and the defaults of the rest. */
export function filledFormLines(form: GoldenPathForm, values: Parameters, style: Style): string[] {
  const fields = fieldsOfForm(form);
  const width = Math.max(0, ...fields.map((field) => widthOf(field.title)));
  return fields.map((field) => {
    const value = values[field.name] ?? field.default;
    const text = value === undefined ? style.dim("–") : textOf(value);
    const isDefault = values[field.name] === undefined && field.default !== undefined;
    return `${style.dim(padTo(field.title, width))}  ${text}${isDefault ? style.dim(" (default)") : ""}`;
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
