import type { Issue } from "@causeway/contract";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { isObject, type FormPage, type JsonValue } from "./form-pages.ts";

export type Parameters = Readonly<Record<string, JsonValue>>;
export type CheckedParameters = {
  readonly parameters: Parameters;
  readonly issues: readonly Issue[];
};

/** Checks submitted values against every page of the form and fills in defaults. Each issue names its field as the
 *  caller wrote it (`name`, `address.city`) and says what to write instead. */
export function checkParameters(pages: readonly FormPage[], values: Parameters): CheckedParameters {
  // Ajv writes defaults into the object that it checks.
  const parameters: Record<string, JsonValue> = structuredClone({ ...values });
  const issues = [...unknownNames(pages, values)];
  for (const page of pages) {
    const check = compile(page);
    if (check(parameters)) continue;
    for (const error of check.errors ?? []) {
      const issue = toIssue(error, page);
      if (issue && !issues.some((known) => known.path === issue.path)) issues.push(issue);
    }
  }
  return { parameters, issues };
}

function compile(page: FormPage): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: false, verbose: true });
  // The package is CommonJS; its callable sits one level deeper for ES modules.
  formats.default(ajv);
  return ajv.compile({ type: "object", ...page.schema });
}

/** A misspelled name would otherwise be dropped without a word and a default used instead. */
function unknownNames(pages: readonly FormPage[], values: Parameters): Issue[] {
  const known = new Set(pages.flatMap((page) => propertyNames(page.schema)));
  return Object.keys(values)
    .filter((name) => !known.has(name))
    .map((name) => ({
      path: name,
      message: `is not a parameter of this golden path; it asks for ${[...known].join(", ") || "nothing"}`,
    }));
}

function propertyNames(schema: Readonly<Record<string, JsonValue>>): string[] {
  const names = isObject(schema["properties"]) ? Object.keys(schema["properties"]) : [];
  const branches = [
    schema["then"],
    schema["else"],
    ...["anyOf", "oneOf", "allOf"].flatMap((key) => listOf(schema[key])),
    ...(isObject(schema["dependencies"]) ? Object.values(schema["dependencies"]) : []),
  ];
  return [...names, ...branches.filter(isObject).flatMap(propertyNames)];
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** Undefined for the errors that only repeat what a more exact one says. */
function toIssue(error: ErrorObject, page: FormPage): Issue | undefined {
  if (["if", "oneOf", "anyOf", "allOf"].includes(error.keyword)) return undefined;
  const place = error.instancePath.split("/").slice(1);
  if (error.keyword === "required") place.push(String(error.params["missingProperty"]));
  if (error.keyword === "additionalProperties") {
    place.push(String(error.params["additionalProperty"]));
  }
  return { path: place.join(".") || "(form)", message: messageOf(error, hintOf(place, page)) };
}

type Phrase = (error: ErrorObject, hint: string | undefined) => string;
const phrases: Readonly<Record<string, Phrase>> = {
  required: (_error, hint) => (hint ? `is missing: ${hint}` : "is missing"),
  type: ({ params }) => `must be ${wordFor(params["type"])}`,
  enum: ({ params }) => `must be one of ${quoteList(params["allowedValues"])}`,
  const: ({ params }) => `must be ${JSON.stringify(params["allowedValue"])}`,
  pattern: ({ data, params }, hint) =>
    `${JSON.stringify(data)} does not fit: ${hint ?? `it must match ${params["pattern"]}`}`,
  format: ({ data, params }) => `${JSON.stringify(data)} is not a valid ${params["format"]}`,
  minLength: ({ params }) =>
    params["limit"] === 1
      ? "must not be empty"
      : `must have at least ${params["limit"]} characters`,
  maxLength: ({ params }) => `must have at most ${params["limit"]} characters`,
  additionalProperties: () => "is not known here",
};

function messageOf(error: ErrorObject, hint: string | undefined): string {
  return phrases[error.keyword]?.(error, hint) ?? error.message ?? "is not valid";
}

/** What the form itself says of a field: its help line, else its description. */
function hintOf(place: readonly string[], page: FormPage): string | undefined {
  let schema: JsonValue | undefined = page.schema;
  let ui: JsonValue | undefined = page.uiSchema;
  for (const name of place) {
    const properties: JsonValue | undefined = isObject(schema) ? schema["properties"] : undefined;
    schema = isObject(properties) ? properties[name] : undefined;
    ui = isObject(ui) ? ui[name] : undefined;
  }
  const help = isObject(ui) ? ui["ui:help"] : undefined;
  const description = isObject(schema) ? schema["description"] : undefined;
  return [help, description].find((text) => typeof text === "string");
}

function wordFor(type: unknown): string {
  const words: Readonly<Record<string, string>> = {
    string: "a text",
    number: "a number",
    integer: "a whole number",
    boolean: "true or false",
    array: "a list",
    object: "an object",
  };
  return words[String(type)] ?? String(type);
}

function quoteList(values: unknown): string {
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)).join(", ") : "";
}

/** Fields that hold entity refs (`ui:field` of a picker) with the kind that a bare name means. */
export function refFields(pages: readonly FormPage[]): { name: string; defaultKind: string }[] {
  return pages.flatMap((page) =>
    Object.entries(page.uiSchema).flatMap(([name, ui]) => {
      if (!isObject(ui)) return [];
      const defaultKind = pickerKind(ui);
      return defaultKind === undefined ? [] : [{ name, defaultKind }];
    }),
  );
}

function pickerKind(ui: Readonly<Record<string, JsonValue>>): string | undefined {
  const options = isObject(ui["ui:options"]) ? ui["ui:options"] : {};
  const field = ui["ui:field"];
  if (field === "OwnerPicker" || field === "MyGroupsPicker") return "group";
  if (field !== "EntityPicker" && field !== "OwnedEntityPicker") return undefined;
  if (options["allowArbitraryValues"] === true) return undefined;
  const kind = options["defaultKind"];
  return typeof kind === "string" ? kind : "component";
}
