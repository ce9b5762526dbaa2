import type { BaseInputTemplateProps, WidgetProps } from "@rjsf/utils";
import { Checkbox, describeField, TextArea, TextInput } from "../ui/Field.tsx";
import { Select } from "../ui/Select.tsx";

const inputTypes: Readonly<Record<string, string>> = {
  email: "email",
  uri: "url",
  date: "date",
  time: "time",
  "date-time": "datetime-local",
};

/** Text and numbers: the one control under most of the library's widgets. */
export function BaseInput(props: BaseInputTemplateProps) {
  const { id, schema, value, rawErrors, options } = props;
  const isNumber = schema.type === "number" || schema.type === "integer";
  const type = props["type"] ?? options.inputType ?? inputTypes[schema.format ?? ""] ?? "text";
  return (
    <TextInput
      id={id}
      name={id}
      type={isNumber ? "text" : type}
      inputMode={isNumber ? "decimal" : undefined}
      value={value === undefined || value === null ? "" : String(value)}
      placeholder={props.placeholder}
      required={props.required}
      disabled={props.disabled}
      readOnly={props.readonly}
      autoComplete={options.autocomplete ?? "off"}
      // The golden path asks for it at its first field; the page was opened to fill it.
      // oxlint-disable-next-line jsx-a11y/no-autofocus
      autoFocus={props.autofocus}
      spellCheck={false}
      onChange={(event) => props.onChange(toValue(event.target.value, isNumber))}
      onBlur={() => props.onBlur(id, value)}
      {...describeField(id, rawErrors)}
    />
  );
}

/** A number that is not finished (`1.`, `-`) stays text, and the server says what is wrong with it. */
function toValue(text: string, isNumber: boolean): string | number | undefined {
  if (text === "") return undefined;
  if (!isNumber || !/^-?\d+(\.\d*[1-9])?$/.test(text)) return text;
  return Number(text);
}

function TextareaWidget({ id, value, onChange, onBlur, rawErrors, ...props }: WidgetProps) {
  return (
    <TextArea
      id={id}
      value={typeof value === "string" ? value : ""}
      rows={props.options.rows ?? 4}
      placeholder={props.placeholder}
      disabled={props.disabled === true || props.readonly === true}
      onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
      onBlur={() => onBlur(id, value)}
      {...describeField(id, rawErrors)}
    />
  );
}

function SelectWidget({ id, value, options, onChange, onBlur, rawErrors, ...props }: WidgetProps) {
  const choices = options.enumOptions ?? [];
  const chosen = choices.findIndex((choice) => choice.value === value);
  return (
    <Select
      id={id}
      value={chosen === -1 ? "" : String(chosen)}
      placeholder="Choose"
      options={choices.map((choice, at) => ({ value: String(at), label: choice.label }))}
      disabled={props.disabled === true || props.readonly === true}
      onChange={(event) => onChange(choices[Number(event.target.value || Number.NaN)]?.value)}
      onBlur={() => onBlur(id, value)}
      {...describeField(id, rawErrors)}
    />
  );
}

function CheckboxWidget({ id, value, label, onChange, onBlur, schema, ...props }: WidgetProps) {
  return (
    <div>
      <Checkbox
        id={id}
        label={label}
        checked={value === true}
        disabled={props.disabled === true || props.readonly === true}
        onChange={(event) => onChange(event.target.checked)}
        onBlur={() => onBlur(id, value)}
        aria-describedby={`${id}__help`}
      />
      {schema.description !== undefined && (
        <p id={`${id}__help`} className="pl-6 text-12 text-muted">
          {schema.description}
        </p>
      )}
    </div>
  );
}

function RadioWidget({ id, value, options, onChange, onBlur, ...props }: WidgetProps) {
  return (
    <div role="radiogroup" aria-label={props.label} className="flex flex-col gap-1.5">
      {(options.enumOptions ?? []).map((choice, at) => (
        <label key={choice.label} className="flex items-center gap-2 text-13">
          <input
            type="radio"
            id={`${id}-${at}`}
            name={id}
            checked={choice.value === value}
            disabled={props.disabled === true || props.readonly === true}
            onChange={() => onChange(choice.value)}
            onBlur={() => onBlur(id, value)}
            className="size-4 accent-accent"
          />
          {choice.label}
        </label>
      ))}
    </div>
  );
}

function CheckboxesWidget({ id, value, options, onChange, onBlur, ...props }: WidgetProps) {
  const chosen: readonly unknown[] = Array.isArray(value) ? value : [];
  const choices = options.enumOptions ?? [];
  return (
    <div role="group" aria-label={props.label} className="flex flex-col gap-1.5">
      {choices.map((choice, at) => (
        <Checkbox
          key={choice.label}
          id={`${id}-${at}`}
          label={choice.label}
          checked={chosen.includes(choice.value)}
          disabled={props.disabled === true || props.readonly === true}
          onBlur={() => onBlur(id, value)}
          onChange={(event) =>
            onChange(
              choices
                .map((each) => each.value as unknown) // The library types values as any.
                .filter((each) =>
                  each === choice.value ? event.target.checked : chosen.includes(each),
                ),
            )
          }
        />
      ))}
    </div>
  );
}

export const widgets = {
  TextareaWidget,
  SelectWidget,
  CheckboxWidget,
  RadioWidget,
  CheckboxesWidget,
};
