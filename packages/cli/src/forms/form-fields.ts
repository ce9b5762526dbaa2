import type { GoldenPathForm, Json, JsonObject } from "@causeway/contract";

/** A form field as the command line shows and fills it. */
export type FormField = {
  readonly name: string;
  readonly title: string;
  readonly description: string | undefined;
  readonly type: string;
  readonly required: boolean;
  readonly default: Json | undefined;
  readonly choices: readonly Json[];
  /** `ui:options: {path: folder}`: a relative value is meant from where the command was given. */
  readonly isFolder: boolean;
};

export function fieldsOfForm(form: GoldenPathForm): FormField[] {
  return form.pages.flatMap((page) => {
    const required = Array.isArray(page.schema["required"]) ? page.schema["required"] : [];
    return Object.entries(toObject(page.schema["properties"])).map(([name, schema]) =>
      toField(name, toObject(schema), {
        required: required.includes(name),
        ui: toObject(page.uiSchema[name]),
      }),
    );
  });
}

function toField(
  name: string,
  schema: JsonObject,
  more: { readonly required: boolean; readonly ui: JsonObject },
): FormField {
  const type = typeof schema["type"] === "string" ? schema["type"] : "string";
  const choices = Array.isArray(schema["enum"]) ? (schema["enum"] as readonly Json[]) : []; // JSON Schema: any JSON values
  return {
    name,
    title: typeof schema["title"] === "string" ? schema["title"] : name,
    description: typeof schema["description"] === "string" ? schema["description"] : undefined,
    type,
    required: more.required,
    default: schema["default"],
    choices,
    isFolder: toObject(more.ui["ui:options"])["path"] === "folder",
  };
}

function toObject(value: unknown): JsonObject {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonObject) : {}; // JSON of the server: a non-array object is a JsonObject
}
