import { InvalidError, type Json, type JsonObject } from "@causeway/contract";

/** What a question asks of one entity. Keys and values are in lower case already. */
export type Predicate =
  | { readonly kind: "all"; readonly of: readonly Predicate[] }
  | { readonly kind: "any"; readonly of: readonly Predicate[] }
  | { readonly kind: "not"; readonly of: Predicate }
  | { readonly kind: "exists"; readonly key: string }
  | { readonly kind: "in"; readonly key: string; readonly values: readonly string[] }
  | { readonly kind: "prefix"; readonly key: string; readonly prefix: string };

export const everything: Predicate = { kind: "all", of: [] };

/** `filter=a=1,b&filter=c=2` in Backstage's JSON form: comma = and, repetition = or, a key twice in one filter = one of
 *  its values, a bare key = it exists. Only the first `=` splits. */
export function filtersToQuery(filters: readonly string[]): JsonObject | undefined {
  const sets = filters.map(filterToQuery).filter((set) => set !== undefined);
  if (sets.length === 0) return undefined;
  return sets.length === 1 ? sets[0] : { $any: sets };
}

function filterToQuery(filter: string): JsonObject | undefined {
  const values = new Map<string, string[]>();
  for (const part of filter.split(",").map((text) => text.trim())) {
    if (part === "") continue;
    const split = part.indexOf("=");
    const key = split === -1 ? part : part.slice(0, split).trim();
    const known = values.get(key) ?? [];
    values.set(key, split === -1 ? known : [...known, part.slice(split + 1).trim()]);
  }
  if (values.size === 0) return undefined;
  const all = [...values].map(([key, list]): JsonObject => {
    const [only, ...more] = list;
    if (only === undefined) return { [key]: { $exists: true } };
    return { [key]: more.length === 0 ? only : { $in: list } };
  });
  return { $all: all };
}

/** Backstage's predicate language to ours. Throws InvalidError `invalid_query` with the place. */
export function parseQuery(query: Json, place = "query"): Predicate {
  if (!isObject(query)) throw invalid(place, "must be an object");
  const parts = Object.entries(query).map(([key, value]) =>
    parseMember(key, value, `${place}.${key}`),
  );
  return all(parts);
}

function parseMember(key: string, value: Json, place: string): Predicate {
  switch (key) {
    case "$all":
      return all(parseList(value, place));
    case "$any":
      return { kind: "any", of: parseList(value, place) };
    case "$not":
      return { kind: "not", of: parseQuery(value, place) };
    default:
      if (key.startsWith("$")) throw invalid(place, "is not an operator; use $all, $any or $not");
      return parseField(key.toLowerCase(), value, place);
  }
}

function parseList(value: Json, place: string): Predicate[] {
  if (!Array.isArray(value)) throw invalid(place, "must be a list");
  return (value as readonly Json[]).map((item, index) => parseQuery(item, `${place}[${index}]`));
}

function parseField(key: string, value: Json, place: string): Predicate {
  if (!isObject(value)) return { kind: "in", key, values: [scalar(value, place)] };
  return all(
    Object.entries(value).map(([operator, operand]) =>
      parseOperator(key, [operator, operand], `${place}.${operator}`),
    ),
  );
}

function parseOperator(
  key: string,
  [operator, operand]: readonly [string, Json],
  place: string,
): Predicate {
  switch (operator) {
    case "$exists": {
      const exists: Predicate = { kind: "exists", key };
      return operand === false ? { kind: "not", of: exists } : exists;
    }
    case "$in":
      if (!Array.isArray(operand)) throw invalid(place, "must be a list");
      return { kind: "in", key, values: (operand as readonly Json[]).map((v) => scalar(v, place)) };
    case "$hasPrefix":
      return { kind: "prefix", key, prefix: scalar(operand, place) };
    case "$contains":
      return isObject(operand)
        ? parseRelation(key, operand, place)
        : { kind: "in", key, values: [scalar(operand, place)] };
    default:
      throw invalid(place, "is not an operator; use $exists, $in, $hasPrefix or $contains");
  }
}

/** `relations: {$contains: {type, targetRef}}`, the one object that `$contains` takes. */
function parseRelation(key: string, operand: JsonObject, place: string): Predicate {
  const { type, targetRef } = operand;
  if (key !== "relations" || typeof type !== "string") {
    throw invalid(place, "takes an object only on relations, with a type");
  }
  const relation = `relations.${type.toLowerCase()}`;
  if (targetRef === undefined) return { kind: "exists", key: relation };
  return parseField(relation, targetRef, `${place}.targetRef`);
}

function all(parts: readonly Predicate[]): Predicate {
  const [only, ...more] = parts;
  return only && more.length === 0 ? only : { kind: "all", of: parts };
}

function scalar(value: Json, place: string): string {
  if (typeof value === "object") throw invalid(place, "must be a text, a number or a boolean");
  return String(value).toLowerCase();
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(place: string, problem: string): InvalidError {
  return new InvalidError({
    code: "invalid_query",
    message: `${place} ${problem}`,
    fix: 'Write a query such as {"kind": "component", "spec.type": {"$in": ["service", "website"]}}.',
    issues: [{ path: place, message: problem }],
  });
}
