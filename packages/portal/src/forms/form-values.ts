import type { GoldenPathForm, Issue, Json } from "@causeway/contract";

export type FormPage = GoldenPathForm["pages"][number];
export type FormValues = Readonly<Record<string, Json>>;

/** Messages by field, nested as the form library wants them. */
export type FieldMessages = { __errors?: string[] } & { [field: string]: FieldMessages | string[] };

/** Fields of a page that stand in its schema, and those of its branches. */
export function fieldsOf(page: FormPage): string[] {
  const names = new Set<string>();
  collect(page.schema, names);
  return [...names];
}

const branches = ["oneOf", "anyOf", "allOf", "then", "else"];

function collect(schema: Json | undefined, names: Set<string>): void {
  if (schema === null || typeof schema !== "object") return;
  if (Array.isArray(schema)) {
    for (const branch of schema) collect(branch as Json, names); // Items of Json are Json.
    return;
  }
  const object = schema as Readonly<Record<string, Json>>; // Arrays are gone by now.
  const properties = object["properties"];
  if (properties !== null && typeof properties === "object") {
    for (const name of Object.keys(properties)) names.add(name);
  }
  for (const keyword of branches) collect(object[keyword], names);
  const dependencies = object["dependencies"];
  if (dependencies !== null && typeof dependencies === "object") {
    for (const branch of Object.values(dependencies)) collect(branch, names);
  }
}

/** The title of a field, for sentences about it. */
export function fieldTitle(pages: readonly FormPage[], field: string): string {
  for (const page of pages) {
    const properties = page.schema["properties"];
    if (properties === null || typeof properties !== "object") continue;
    const schema = (properties as Readonly<Record<string, Json>>)[field];
    if (schema === null || typeof schema !== "object" || !("title" in schema)) continue;
    if (typeof schema["title"] === "string") return schema["title"];
  }
  return field;
}

/** A value as sent: empty texts and cleared fields are absent, so that `required` means what people think. */
export function toParameters(values: Readonly<Record<string, unknown>>): FormValues {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(given) as FormValues; // Values of form controls are JSON.
}

/** Issues of the server by page; those of no field stay over. `path` is `field` or `field.member`. */
export function splitIssues(
  pages: readonly FormPage[],
  issues: readonly Issue[],
): { readonly byPage: readonly (readonly Issue[])[]; readonly others: readonly Issue[] } {
  const fields = pages.map((page) => new Set(fieldsOf(page)));
  const fieldOf = (issue: Issue) => issue.path.replace(/^parameters\./, "").split(".")[0] ?? "";
  const byPage = fields.map((names) => issues.filter((issue) => names.has(fieldOf(issue))));
  const others = issues.filter((issue) => !fields.some((names) => names.has(fieldOf(issue))));
  return { byPage, others };
}

/** Messages to show: of fields that the person has left, or of all once they asked to create. */
export function toFieldMessages(
  issues: readonly Issue[],
  isShown: (field: string) => boolean,
): FieldMessages {
  const messages: FieldMessages = {};
  for (const issue of issues) {
    const path = issue.path.replace(/^parameters\./, "").split(".");
    if (!isShown(path[0] ?? "")) continue;
    let place = messages;
    for (const member of path) place = (place[member] ??= {}) as FieldMessages; // Only made here.
    (place.__errors ??= []).push(issue.message);
  }
  return messages;
}

/** The field that a control's id belongs to (`page0_name`, `page0_size_unit`). */
export function fieldOfId(page: FormPage, id: string): string | undefined {
  const path = id.replace(/^page\d+_/, "");
  return fieldsOf(page)
    .filter((field) => path === field || path.startsWith(`${field}_`))
    .toSorted((a, b) => b.length - a.length)[0];
}
