import { InvalidError } from "@causeway/contract";

type Shape = Readonly<Record<string, unknown>>;

/** `fields=kind,metadata.name&fields=spec` to paths. */
export function parseFields(params: readonly string[]): readonly string[] {
  const fields = params.flatMap((text) => text.split(",")).map((text) => text.trim());
  const named = fields.filter((text) => text !== "");
  const indexed = named.find((text) => text.includes("["));
  if (indexed !== undefined) {
    throw new InvalidError({
      code: "invalid_fields",
      message: `fields: "${indexed}" asks for a place in a list, which is not supported`,
      fix: "Ask for the whole list by its dotted path.",
    });
  }
  return named;
}

/** The entity cut down to the named paths; whole when none is named. */
export function selectFields(entity: Shape, fields: readonly string[]): Shape {
  if (fields.length === 0) return entity;
  const picked: Record<string, unknown> = {};
  for (const field of fields) {
    const path = findPath(entity, field.split("."));
    if (path) copy(entity, picked, path);
  }
  return picked;
}

/** Keys may hold dots themselves (`metadata.annotations.backstage.io/view-url`), so every cut is tried. */
function findPath(value: unknown, parts: readonly string[]): string[] | undefined {
  if (parts.length === 0) return [];
  if (!isShape(value)) return undefined;
  for (let length = 1; length <= parts.length; length++) {
    const key = parts.slice(0, length).join(".");
    if (!Object.hasOwn(value, key)) continue;
    const rest = findPath(value[key], parts.slice(length));
    if (rest) return [key, ...rest];
  }
  return undefined;
}

function copy(from: Shape, to: Record<string, unknown>, [key = "", ...rest]: string[]): void {
  const value = from[key];
  if (rest.length === 0 || !isShape(value)) {
    to[key] = value;
    return;
  }
  const known = to[key];
  const branch: Record<string, unknown> = isShape(known) ? { ...known } : {};
  copy(value, branch, rest);
  to[key] = branch;
}

function isShape(value: unknown): value is Shape {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
