import { InvalidError, type Issue } from "@causeway/contract";
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from "yaml";
import { z } from "zod";
import { isReservedName, parseEgress } from "./egress.ts";

/** Stands in the root of a service's repository and says all that the service may reach. */
export const manifestFile = "causeway.service.yaml";

/** What the platform gives to a service that lists it under `env`. */
export const platformVariables = [
  "PORT",
  "CAUSEWAY_GATEWAY_URL",
  "CAUSEWAY_KEY",
  "CAUSEWAY_SERVICE",
] as const;

const insidePath = z
  .string()
  .min(1)
  .refine((path) => !/^[/\\~]|\\|^[A-Za-z]:/.test(path), "must be relative, with forward slashes")
  .refine((path) => !path.split("/").includes(".."), "must lie inside the service's folder")
  // They would end up in a comma-separated flag.
  .refine((path) => !/[,\n\0]/.test(path), "must not hold a comma or a line break");

const variableName = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, "use capitals, digits and '_'");

const egressEntry = z.string().transform((text, ctx) => {
  const parsed = parseEgress(text);
  if (parsed.kind !== "refused") return parsed;
  ctx.addIssue({ code: "custom", message: parsed.reason });
  return z.NEVER;
});

const fields = z.strictObject({
  runner: z.literal("deno"),
  entry: insidePath,
  egress: z.array(egressEntry).default([]),
  env: z.array(variableName).default([...platformVariables]),
  settings: z
    .record(
      variableName.refine((name) => !isReservedName(name), "is reserved for the platform"),
      z.union([z.string(), z.number(), z.boolean()]).transform(String),
    )
    .default({}),
  files: z.strictObject({ read: z.array(insidePath).default([]) }).prefault({}),
  limits: z
    .strictObject({
      memoryMiB: z.int().min(64).max(8_192).default(256),
      /** Threads beside the main one. */
      workers: z.int().min(0).max(16).default(0),
      logBytesPerMinute: z.int().min(1_024).max(67_108_864).default(1_048_576),
    })
    .prefault({}),
});

const schema = fields.superRefine(({ env, settings }, ctx) => {
  const known: readonly string[] = [...platformVariables, ...Object.keys(settings)];
  for (const [index, name] of env.entries()) {
    if (known.includes(name)) continue;
    const message = `${name} is neither a setting of this manifest nor one of ${platformVariables.join(", ")}`;
    ctx.addIssue({ code: "custom", path: ["env", index], message });
  }
});

export type Manifest = z.infer<typeof schema>;

/** Reads a manifest. Throws InvalidError `invalid_service_manifest`, one issue a fault, each at `file:line:column`; a
 *  key that we do not know is a fault, because ignoring it would grant or deny something silently. */
export function parseManifest(text: string, file: string = manifestFile): Manifest {
  const lines = new LineCounter();
  const document = parseDocument(text, { uniqueKeys: true, merge: false, lineCounter: lines });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw invalid(document.errors.map((e) => ({ path: place(e.pos[0]), message: e.message })));
  }
  const parsed = schema.safeParse(toValue(document, place));
  if (parsed.success) return parsed.data;
  throw invalid(
    parsed.error.issues.flatMap((issue) =>
      violationsOf(issue).map(({ at, isKey = false, message }) => ({
        path: place(offsetOf(document, at, isKey)),
        message: at.length === 0 ? message : `${at.join(".")}: ${message}`,
      })),
    ),
  );
}

function toValue(document: Document, place: (offset: number) => string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    const message = `a manifest has no aliases (${error instanceof Error ? error.message : String(error)})`;
    throw invalid([{ path: place(0), message }]);
  }
}

type Violation = {
  readonly at: readonly PropertyKey[];
  /** The key itself is wrong, whatever stands under it. */
  readonly isKey?: boolean;
  readonly message: string;
};

function violationsOf(issue: z.core.$ZodIssue): Violation[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      at: [...issue.path, key],
      isKey: true,
      message: "is not a key that a service manifest has",
    }));
  }
  if (issue.code === "invalid_key") {
    const [inner] = issue.issues;
    return [{ at: issue.path, isKey: true, message: inner?.message ?? issue.message }];
  }
  return [{ at: issue.path, message: issue.message }];
}

/** Where the value stands, or its key where the value is no scalar, or the deepest parent that the text has. */
function offsetOf(document: Document, path: readonly PropertyKey[], isKey: boolean): number {
  let place: Place = { node: document.contents, key: 0, value: document.contents?.range?.[0] ?? 0 };
  for (const part of path) {
    const next = stepInto(place.node, part);
    if (!next) return place.value;
    place = next;
  }
  return isKey ? place.key : place.value;
}

type Place = { readonly node: Node | null; readonly key: number; readonly value: number };

function stepInto(node: Node | null, part: PropertyKey): Place | undefined {
  if (isMap<Node, Node | null>(node)) {
    const pair = node.items.find((p) => isScalar(p.key) && String(p.key.value) === String(part));
    if (!pair) return undefined;
    const key = pair.key.range?.[0] ?? 0;
    return { node: pair.value, key, value: startOfScalar(pair.value) ?? key };
  }
  const item = isSeq<Node>(node) ? node.items[Number(part)] : undefined;
  const start = item?.range?.[0] ?? 0;
  return item && { node: item, key: start, value: start };
}

function startOfScalar(node: Node | null): number | undefined {
  return isScalar(node) ? node.range?.[0] : undefined;
}

function invalid(issues: readonly Issue[]): InvalidError {
  return new InvalidError({
    code: "invalid_service_manifest",
    message: `The service manifest is wrong: ${issues.map((i) => `${i.path} ${i.message}`).join("; ")}`,
    fix: `Mend ${manifestFile} in the service's repository, commit, and deploy that commit.`,
    issues,
  });
}
