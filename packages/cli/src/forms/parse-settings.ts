import { InvalidError, type Issue, type Json } from "@causeway/contract";
import { resolve } from "node:path";
import type { FormField } from "./form-fields.ts";

export type Parameters = Readonly<Record<string, Json>>;

/** `["name=handbook", "replicas=2"]` → values of the types that the form declares. The server checks the values; here
 *  only what cannot be sent is refused. */
export function parseSettings(
  settings: readonly string[],
  fields: readonly FormField[],
  cwd: string,
): Parameters {
  const issues: Issue[] = [];
  const values: Record<string, Json> = {};
  for (const setting of settings) {
    const equals = setting.indexOf("=");
    const name = equals === -1 ? setting : setting.slice(0, equals);
    const field = fields.find((candidate) => candidate.name === name);
    if (equals < 1) {
      issues.push({ path: `--set ${setting}`, message: "write it as name=value" });
    } else if (!field) {
      const known = fields.map((candidate) => candidate.name).join(", ");
      issues.push({ path: name, message: `this form has no such field; it has ${known}` });
    } else {
      const value = parseValue(setting.slice(equals + 1), field, cwd);
      if (value === undefined) issues.push({ path: name, message: `is not of type ${field.type}` });
      else values[name] = value;
    }
  }
  if (issues.length === 0) return values;
  throw new InvalidError({
    code: "wrong_use",
    message: "Some values do not fit the form",
    issues,
    fix: "Add --explain to see the form.",
  });
}

/** Undefined = the text cannot be a value of the field's type. */
function parseValue(text: string, field: FormField, cwd: string): Json | undefined {
  if (field.isFolder) return resolve(cwd, text);
  if (field.type === "string") return text;
  try {
    const value = JSON.parse(text) as Json; // JSON.parse gives JSON
    return hasType(value, field.type) ? value : undefined;
  } catch {
    return undefined;
  }
}

function hasType(value: Json, type: string): boolean {
  switch (type) {
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "null":
      return value === null;
    default:
      return typeof value === type;
  }
}
