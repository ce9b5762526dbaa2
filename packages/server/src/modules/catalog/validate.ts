import {
  FieldFormatEntityPolicy,
  NoForeignRootFieldsEntityPolicy,
  SchemaValidEntityPolicy,
} from "@backstage/catalog-model";
import type { Entity } from "@causeway/contract";
import {
  envelopeViolations,
  isKind,
  isShape,
  keyCaseViolations,
  type Shape,
  type Violation,
} from "./envelope.ts";
import { findKindRule, knownKinds, type KindRule } from "./kind-rules.ts";

const policies = [
  new SchemaValidEntityPolicy(),
  new NoForeignRootFieldsEntityPolicy(),
  new FieldFormatEntityPolicy(),
];

/** Every violated rule of the envelope and of the kind. Backstage's validators stop at the first one, so our checks
 *  look for all of them, and Backstage has the last word: what it refuses is never accepted here. */
export async function validateEntity(value: unknown): Promise<Violation[]> {
  if (!isShape(value)) {
    return [{ at: [], message: "an entity is a map with apiVersion, kind, metadata and spec" }];
  }
  const found = [...envelopeViolations(value), ...keyCaseViolations(value, []), ...ofKind(value)];
  if (found.length > 0) return found;
  return officialViolations(value);
}

function ofKind(entity: Shape): Violation[] {
  const kind = entity["kind"];
  if (typeof kind !== "string" || !isKind(kind)) return [];
  const rule = findKindRule(kind);
  if (!rule) {
    return [
      { at: ["kind"], message: `unknown kind "${kind}"; known are ${knownKinds.join(", ")}` },
    ];
  }
  return [...versionViolations(entity, rule), ...specViolations(entity["spec"], rule)];
}

function versionViolations(entity: Shape, rule: KindRule): Violation[] {
  const version = entity["apiVersion"];
  if (typeof version !== "string" || rule.apiVersions.includes(version)) return [];
  const message = `${rule.kind} needs ${rule.apiVersions.join(" or ")}, found "${version}"`;
  return [{ at: ["apiVersion"], message }];
}

function specViolations(spec: unknown, rule: KindRule): Violation[] {
  if (!isShape(spec)) return [{ at: ["spec"], message: "must be a map" }];
  const parsed = rule.spec.safeParse(spec);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue): Violation[] => {
    const at = ["spec", ...issue.path.map((part) => (typeof part === "symbol" ? "" : part))];
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ at: [...at, key], message: "unknown field" }));
    }
    const isMissing = valueAt(spec, issue.path) === undefined;
    return [{ at, message: isMissing ? "is required" : issue.message }];
  });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (node, key) => (isShape(node) || Array.isArray(node) ? Reflect.get(node, key) : undefined),
    value,
  );
}

async function officialViolations(value: Shape): Promise<Violation[]> {
  const entity = value as Entity; // the policies are what checks it
  const found: Violation[] = [];
  const ask = async (question: () => Promise<unknown>): Promise<void> => {
    try {
      await question();
    } catch (error) {
      found.push(fromOfficialMessage(error instanceof Error ? error.message : String(error)));
    }
  };
  for (const policy of policies) await ask(() => policy.enforce(structuredClone(entity) as never));
  const official = findKindRule(entity.kind)?.official;
  if (official) await ask(() => official.check(structuredClone(entity) as never));
  return found;
}

/** `Malformed envelope, /metadata/tags must be array` names its place by a JSON pointer. */
function fromOfficialMessage(message: string): Violation {
  const match = /(?:^|, )\/(\S+) (.*)$/s.exec(message);
  if (!match?.[1] || !match[2]) return { at: [], message };
  const at = match[1].split("/").map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return { at, message: match[2] };
}

/** `spec.targets[0].model`, the way people write a place. */
export function formatPlace(at: readonly (string | number)[]): string {
  return at
    .map((part, index) =>
      typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`,
    )
    .join("");
}
