/** Backstage's `catalogFilter` of a picker to filters of the query: one object or several, a value or several. Several
 *  objects are alternatives, which one query text cannot say beside `kind`; they are joined where only `kind` differs. */
export function toEntityFilters(catalogFilter: unknown, defaultKinds: readonly string[]): string[] {
  const objects = (Array.isArray(catalogFilter) ? catalogFilter : [catalogFilter]).filter(isObject);
  if (objects.length === 0) return defaultKinds.map((kind) => `kind=${kind.toLowerCase()}`);
  const filters = objects.flatMap((object) =>
    Object.entries(object).flatMap(([key, value]) =>
      (Array.isArray(value) ? value : [value])
        .filter((each) => typeof each === "string")
        .map((each) => `${key}=${key === "kind" ? each.toLowerCase() : each}`),
    ),
  );
  return [...new Set(filters)];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
