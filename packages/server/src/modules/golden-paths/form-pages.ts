import type { GoldenPathForm } from "@causeway/contract";

export type FormPage = GoldenPathForm["pages"][number];
/** JSON as Zod parses it: mutable, unlike `Json` of the contract. */
export type JsonValue = FormPage["schema"][string];
type Schema = Record<string, JsonValue>;
type Split = { readonly schema: Schema; readonly uiSchema: Schema };

const untitled = "Please enter the following information";

/** A page of `spec.parameters` as a form needs it: plain JSON Schema, and beside it what its inline `ui:*` keys said. */
export function toFormPage(parameters: Readonly<Record<string, JsonValue>>): FormPage {
  const { title, description, ...rest } = parameters;
  const { schema, uiSchema } = splitUiKeys(rest);
  return {
    title: typeof title === "string" ? title : untitled,
    ...(typeof description === "string" ? { description } : {}),
    schema,
    uiSchema,
  };
}

/** Properties and items get a place of their own in the uiSchema; the branches of anyOf, oneOf, allOf, dependencies,
 *  then and else describe the same object, so theirs are merged into its place. */
function splitUiKeys(node: Readonly<Schema>): Split {
  const schema: Schema = {};
  let uiSchema: Schema = {};
  for (const [key, value] of Object.entries(node)) {
    if (key.startsWith("ui:")) {
      uiSchema = mergeUi(uiSchema, { [key]: value });
      continue;
    }
    const part = splitMember(key, value);
    schema[key] = part.value;
    uiSchema = mergeUi(uiSchema, part.ui);
  }
  return { schema, uiSchema };
}

type Member = { readonly value: JsonValue; readonly ui: Schema };

function splitMember(key: string, value: JsonValue): Member {
  if (Array.isArray(value)) {
    return ["anyOf", "oneOf", "allOf"].includes(key) ? splitList(value) : { value, ui: {} };
  }
  if (!isObject(value)) return { value, ui: {} };
  switch (key) {
    case "properties":
      return splitProperties(value);
    case "dependencies":
      return splitBranches(value);
    case "items": {
      const split = splitUiKeys(value);
      return { value: split.schema, ui: isEmpty(split.uiSchema) ? {} : { items: split.uiSchema } };
    }
    case "then":
    case "else": {
      const split = splitUiKeys(value);
      return { value: split.schema, ui: split.uiSchema };
    }
    default:
      return { value, ui: {} };
  }
}

function splitProperties(properties: Readonly<Schema>): Member {
  const value: Schema = {};
  const ui: Schema = {};
  for (const [name, property] of Object.entries(properties)) {
    if (!isObject(property)) {
      value[name] = property;
      continue;
    }
    const split = splitUiKeys(property);
    value[name] = split.schema;
    if (!isEmpty(split.uiSchema)) ui[name] = split.uiSchema;
  }
  return { value, ui };
}

function splitBranches(branches: Readonly<Schema>): Member {
  const value: Schema = {};
  let ui: Schema = {};
  for (const [name, branch] of Object.entries(branches)) {
    // A dependency may also be a plain list of names.
    if (!isObject(branch)) {
      value[name] = branch;
      continue;
    }
    const split = splitUiKeys(branch);
    value[name] = split.schema;
    ui = mergeUi(ui, split.uiSchema);
  }
  return { value, ui };
}

function splitList(branches: readonly JsonValue[]): Member {
  let ui: Schema = {};
  const value = branches.map((branch) => {
    if (!isObject(branch)) return branch;
    const split = splitUiKeys(branch);
    ui = mergeUi(ui, split.uiSchema);
    return split.schema;
  });
  return { value, ui };
}

function mergeUi(a: Readonly<Schema>, b: Readonly<Schema>): Schema {
  const merged: Schema = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = merged[key];
    merged[key] =
      before !== undefined && isObject(before) && isObject(value) ? mergeUi(before, value) : value;
  }
  return merged;
}

export function isObject(value: JsonValue | undefined): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmpty(value: Readonly<Schema>): boolean {
  return Object.keys(value).length === 0;
}
