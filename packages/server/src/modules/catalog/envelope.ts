import { catalogModel } from "#platform/backstage-model";

/** One violated rule and the place in the entity that it is about. */
export type Violation = { readonly at: readonly (string | number)[]; readonly message: string };
export type Shape = Readonly<Record<string, unknown>>;
type Rule = (value: unknown) => boolean;

const { CommonValidatorFunctions, makeValidator } = catalogModel;
const official = makeValidator();
const isApiVersion: Rule = (value) => official.isValidApiVersion(value);
export const isKind: Rule = (value) => official.isValidKind(value);
const isName: Rule = (value) => official.isValidEntityName(value);
const isNamespace: Rule = (value) => official.isValidNamespace(value);
const isTag: Rule = (value) => official.isValidTag(value);
const labels: MapRule = {
  key: (value) => official.isValidLabelKey(value),
  value: (value) => official.isValidLabelValue(value),
  expected: "a valid name or an empty text",
};
const annotations: MapRule = {
  key: (value) => official.isValidAnnotationKey(value),
  value: (value) => official.isValidAnnotationValue(value),
  expected: "a text (put quotes around numbers and booleans)",
};

const rootKeys = ["apiVersion", "kind", "metadata", "spec"];

/** Every violated rule of the fields that all kinds share. */
export function envelopeViolations(entity: Shape): Violation[] {
  const unknown = Object.keys(entity)
    .filter((key) => !rootKeys.includes(key))
    .map((key) => ({
      at: [key],
      message: `unknown field; an entity has only ${rootKeys.join(", ")}`,
    }));
  const found = [
    ...unknown,
    ...check(entity["apiVersion"], ["apiVersion"], isApiVersion, "such as backstage.io/v1alpha1"),
    ...check(entity["kind"], ["kind"], isKind, "letters and digits, such as Component"),
  ];
  const metadata = entity["metadata"];
  if (!isShape(metadata))
    return [...found, { at: ["metadata"], message: "must be a map with a name" }];
  return [...found, ...metadataViolations(metadata)];
}

function metadataViolations(metadata: Shape): Violation[] {
  return [
    ...check(
      metadata["name"],
      ["metadata", "name"],
      isName,
      "1 to 63 letters, digits, '-', '_' or '.', beginning and ending with a letter or digit",
    ),
    ...optional(
      metadata["namespace"],
      ["metadata", "namespace"],
      isNamespace,
      "1 to 63 lower-case letters, digits and '-'",
    ),
    ...optional(metadata["title"], ["metadata", "title"], isText, "a text that is not empty"),
    ...optional(metadata["description"], ["metadata", "description"], isString, "a text"),
    ...mapViolations(metadata["labels"], "labels", labels),
    ...mapViolations(metadata["annotations"], "annotations", annotations),
    ...tagViolations(metadata["tags"]),
    ...linkViolations(metadata["links"]),
  ];
}

type MapRule = {
  readonly key: (value: unknown) => boolean;
  readonly value: (value: unknown) => boolean;
  readonly expected: string;
};

function mapViolations(map: unknown, field: string, rule: MapRule): Violation[] {
  if (map === undefined) return [];
  if (!isShape(map)) return [{ at: ["metadata", field], message: "must be a map" }];
  return Object.entries(map).flatMap(([key, value]) => {
    const at = ["metadata", field, key];
    const badKey = rule.key(key)
      ? []
      : [{ at, message: `"${key}" is not a valid key; write name or prefix.example/name` }];
    return [...badKey, ...check(value, at, rule.value, rule.expected)];
  });
}

function tagViolations(tags: unknown): Violation[] {
  if (tags === undefined) return [];
  if (!Array.isArray(tags)) {
    return [{ at: ["metadata", "tags"], message: "must be a list, such as [java, payments]" }];
  }
  return tags.flatMap((tag, index) =>
    check(
      tag,
      ["metadata", "tags", index],
      isTag,
      "lower-case letters, digits, '+', '#' and ':' separated by '-'",
    ),
  );
}

function linkViolations(links: unknown): Violation[] {
  if (links === undefined) return [];
  if (!Array.isArray(links)) return [{ at: ["metadata", "links"], message: "must be a list" }];
  return links.flatMap((link: unknown, index) => {
    const at = ["metadata", "links", index];
    if (!isShape(link)) return [{ at, message: "must be a map with a url" }];
    return [
      ...check(
        link["url"],
        [...at, "url"],
        (url) => CommonValidatorFunctions.isValidUrl(url),
        "a full address",
      ),
      ...["title", "icon", "type"].flatMap((key) =>
        optional(link[key], [...at, key], isText, "a text that is not empty"),
      ),
    ];
  });
}

/** Keys are looked up without regard to case, so two that differ only there could not be told apart. */
export function keyCaseViolations(value: unknown, at: readonly (string | number)[]): Violation[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => keyCaseViolations(item, [...at, index]));
  }
  if (!isShape(value)) return [];
  const seen = new Map<string, string>();
  return Object.entries(value).flatMap(([key, member]) => {
    const twin = seen.get(key.toLowerCase());
    seen.set(key.toLowerCase(), key);
    const deeper = keyCaseViolations(member, [...at, key]);
    if (twin === undefined) return deeper;
    return [{ at: [...at, key], message: `differs from "${twin}" only in case` }, ...deeper];
  });
}

function check(
  value: unknown,
  at: readonly (string | number)[],
  ...[isValid, expected]: readonly [Rule, string]
): Violation[] {
  if (value === undefined || value === null) return [{ at, message: `is required: ${expected}` }];
  if (isValid(value)) return [];
  const shown = typeof value === "object" ? "a list or map" : JSON.stringify(value);
  return [{ at, message: `expected ${expected}, found ${shown}` }];
}

function optional(
  value: unknown,
  at: readonly (string | number)[],
  ...rule: readonly [Rule, string]
): Violation[] {
  return value === undefined ? [] : check(value, at, ...rule);
}

export function isShape(value: unknown): value is Shape {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isString(value: unknown): boolean {
  return typeof value === "string";
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length > 0;
}
