import type { Entity, Issue } from "@causeway/contract";
import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type YAMLMap,
} from "yaml";
import type { Violation } from "./envelope.ts";
import { formatPlace, validateEntity } from "./validate.ts";

export type ParsedFile = {
  readonly entities: readonly { readonly entity: Entity; readonly line: number }[];
  /** `path` is `file:line:column`. */
  readonly issues: readonly Issue[];
};

/** Reads a catalog file: one or more YAML documents (JSON is YAML), each an entity. A bad document fails alone; its
 *  neighbours are returned. As in Backstage, merge keys are off and a repeated key is an error. */
export async function parseCatalogFile(text: string, file: string): Promise<ParsedFile> {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { merge: false, uniqueKeys: true, lineCounter: lines });
  const entities: { entity: Entity; line: number }[] = [];
  const issues: Issue[] = [];
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  for (const document of Array.isArray(documents) ? documents : []) {
    if (document.errors.length > 0) {
      issues.push(
        ...document.errors.map((e) => ({ path: place(e.pos[0]), message: firstLine(e.message) })),
      );
      continue;
    }
    const value = toValue(document);
    if (value.kind === "failed") {
      issues.push({ path: place(startOf(document)), message: value.message });
      continue;
    }
    if (value.value === null) continue;
    const violations = await validateEntity(value.value);
    issues.push(
      ...violations.map((violation) => ({
        path: place(offsetOf(document, violation.at)),
        message: describe(violation),
      })),
    );
    if (violations.length === 0) {
      const entity = value.value as Entity; // has just been validated
      entities.push({ entity, line: lines.linePos(startOf(document)).line });
    }
  }
  return { entities, issues };
}

function describe(violation: Violation): string {
  const place = formatPlace(violation.at);
  return place === "" ? violation.message : `${place} ${violation.message}`;
}

type Value =
  | { readonly kind: "parsed"; readonly value: unknown }
  | { readonly kind: "failed"; readonly message: string };

/** An alias to nothing, or aliases that multiply without end, show only here. */
function toValue(document: Document): Value {
  try {
    return { kind: "parsed", value: document.toJS({ maxAliasCount: 100 }) as unknown };
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

function startOf(document: Document): number {
  return document.contents?.range?.[0] ?? document.range?.[0] ?? 0;
}

/** Where the deepest part of `at` stands that the document has: a scalar's own place, otherwise its key's. */
function offsetOf(document: Document, at: readonly (string | number)[]): number {
  let node: Node | null = document.contents;
  let offset = startOf(document);
  for (const part of at) {
    const step = stepInto(node, part);
    if (!step) break;
    node = step.node;
    offset = step.offset;
  }
  return offset;
}

type Step = { readonly node: Node | null; readonly offset: number };

function stepInto(node: Node | null, part: string | number): Step | undefined {
  if (isMap<Node, Node | null>(node)) return stepIntoMap(node, String(part));
  if (!isSeq<Node>(node) || typeof part !== "number") return undefined;
  const item = node.items[part];
  return item && { node: item, offset: item.range?.[0] ?? 0 };
}

function stepIntoMap(map: YAMLMap<Node, Node | null>, key: string): Step | undefined {
  const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  if (!pair) return undefined;
  const value = pair.value ?? null;
  const own = isScalar(value) ? value.range?.[0] : undefined;
  return { node: value, offset: own ?? pair.key.range?.[0] ?? 0 };
}

function firstLine(message: string): string {
  return message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? message;
}
