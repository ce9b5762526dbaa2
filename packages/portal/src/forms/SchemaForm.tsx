import type { Issue } from "@causeway/contract";
// Not the package’s index: that one also loads the AJV validator, which we do not install.
import Form from "@rjsf/core/lib/components/Form.js";
import { getDefaultFormState, type RJSFSchema, type UiSchema } from "@rjsf/utils";
import { pickers, plainFieldNames } from "./fields.tsx";
import { fieldOfId, toFieldMessages, type FormPage, type FormValues } from "./form-values.ts";
import { templates } from "./templates.tsx";
import { interpretingValidator } from "./validator.ts";
import { widgets } from "./widgets.tsx";

export type SchemaFormProps = {
  readonly page: FormPage;
  /** Its place among the pages; makes ids unique. */
  readonly at: number;
  readonly values: FormValues;
  readonly issues: readonly Issue[];
  /** Whether what is wrong with a field is told already. */
  readonly isShown: (field: string) => boolean;
  readonly onChange: (values: Readonly<Record<string, unknown>>) => void;
  readonly onLeave: (field: string) => void;
};

/** One page of a golden path's form. What is wrong comes from the server's preview, at its field. */
export function SchemaForm({
  page,
  at,
  values,
  issues,
  isShown,
  onChange,
  onLeave,
}: SchemaFormProps) {
  return (
    <Form
      tagName="div"
      idPrefix={`page${at}`}
      schema={asSchema(page)}
      uiSchema={withoutPlainFields(page.uiSchema)}
      formData={values}
      validator={interpretingValidator}
      templates={templates}
      widgets={widgets}
      fields={pickers}
      extraErrors={toFieldMessages(issues, isShown)}
      showErrorList={false}
      // Defaults are set once, at the start: else a cleared field would fill itself again.
      experimental_defaultFormStateBehavior={{ emptyObjectFields: "skipDefaults" }}
      noHtml5Validate
      onChange={({ formData }: { formData?: Record<string, unknown> }) => onChange(formData ?? {})}
      onBlur={(id) => {
        const field = fieldOfId(page, id);
        if (field !== undefined) onLeave(field);
      }}
    >
      {/* No submit button of its own: the page has one for all. */}
      <></>
    </Form>
  );
}

/** The values a form begins with: the defaults of its schemas. */
export function defaultValues(pages: readonly FormPage[]): FormValues {
  return Object.assign(
    {},
    ...pages.map((page) => getDefaultFormState(interpretingValidator, asSchema(page), {})),
  ) as FormValues; // Defaults are JSON, as the schemas are.
}

function asSchema(page: FormPage): RJSFSchema {
  return { type: "object", ...page.schema };
}

/** A field that we do not know would break the form; as the plain control of its type it works. */
function withoutPlainFields(uiSchema: FormPage["uiSchema"]): UiSchema {
  return Object.fromEntries(
    Object.entries(uiSchema).map(([name, value]) => {
      if (value === null || typeof value !== "object" || Array.isArray(value)) return [name, value];
      const { "ui:field": field, ...rest } = value as Readonly<Record<string, unknown>>; // An object.
      const isPlain =
        typeof field === "string" && (plainFieldNames.includes(field) || !(field in pickers));
      return [name, isPlain ? rest : value];
    }),
  );
}
