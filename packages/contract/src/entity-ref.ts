import { z } from "zod";
import { InvalidError } from "./errors.ts";

/** Inside the platform a ref is always full and lower case: `component:default/docs-bot`. */
export type EntityRef = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
};

export type RefDefaults = { readonly kind?: string; readonly namespace?: string };

/** Reads `[kind:][namespace/]name` as Backstage does: a `/` before the first `:` makes the colon part of the rest.
 *  Throws InvalidError (`invalid_ref`) for empty parts and for a missing kind without default. */
export function parseEntityRef(text: string, defaults: RefDefaults = {}): EntityRef {
  const colon = text.indexOf(":");
  const slash = text.indexOf("/");
  const hasKind = colon !== -1 && (slash === -1 || colon < slash);
  const kind = hasKind ? text.slice(0, colon) : defaults.kind;
  const rest = hasKind ? text.slice(colon + 1) : text;
  const split = rest.indexOf("/");
  const namespace = split === -1 ? (defaults.namespace ?? "default") : rest.slice(0, split);
  const name = split === -1 ? rest : rest.slice(split + 1);
  if (!kind || !namespace || !name) {
    throw new InvalidError({
      code: "invalid_ref",
      message: `"${text}" is not an entity ref`,
      fix: "Write it as kind:namespace/name, for example group:default/platform.",
    });
  }
  return { kind: toLower(kind), namespace: toLower(namespace), name: toLower(name) };
}

export function formatEntityRef(ref: EntityRef): string {
  return `${toLower(ref.kind)}:${toLower(ref.namespace)}/${toLower(ref.name)}`;
}

/** Any accepted spelling to the full lower-case one. */
export function normalizeRef(text: string, defaults: RefDefaults = {}): string {
  return formatEntityRef(parseEntityRef(text, defaults));
}

// Not locale aware on purpose: a Turkish i must not change identity.
function toLower(text: string): string {
  return text.toLowerCase();
}

/** A ref in any accepted spelling that names its kind; parsed to the full one. */
export const entityRef = z.string().transform((text, ctx) => {
  try {
    return normalizeRef(text);
  } catch (error) {
    ctx.addIssue({
      code: "custom",
      message: error instanceof Error ? error.message : String(error),
    });
    return z.NEVER;
  }
});

/** `metadata.name` of Backstage. */
export const entityName = z
  .string()
  .min(1)
  .max(63)
  .regex(
    /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/,
    "use letters, digits, '-', '_' or '.', beginning and ending with a letter or digit",
  );
