import type { Entity } from "@causeway/contract";

export type SearchRow = {
  /** Dotted path in lower case. */
  readonly key: string;
  /** Lower case; null where there is no value or it is too long to be compared. */
  readonly value: string | null;
  /** As written, for facets. */
  readonly original: string | null;
};

/** Longer keys are dropped, longer values exist but equal nothing: Backstage's limits. */
const longest = 200;
const hiddenRoots = new Set(["relations", "status", "attachments"]);

/** Every leaf of an entity as rows. A text in a list answers `path=text` and `path.text=true`. */
export function searchRowsOf(entity: Entity, uid: string): SearchRow[] {
  const rows = new Map<string, SearchRow>();
  const add = (key: string, original: string | null): void => {
    if (key.length > longest) return;
    const isShort = original !== null && original.length <= longest;
    const row = {
      key: key.toLowerCase(),
      value: isShort ? original.toLowerCase() : null,
      original: isShort ? original : null,
    };
    rows.set(JSON.stringify([row.key, row.value]), row);
  };
  for (const [key, value] of Object.entries(entity)) {
    if (!hiddenRoots.has(key)) addLeaves(add, key, value);
  }
  add("metadata.uid", uid);
  return [...rows.values()];
}

type Add = (key: string, value: string | null) => void;

function addLeaves(add: Add, path: string, value: unknown): void {
  if (value === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      addLeaves(add, path, item);
      if (typeof item === "string") add(`${path}.${item}`, "true");
    }
    return;
  }
  if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) addLeaves(add, `${path}.${key}`, member);
    return;
  }
  if (value === null) add(path, null);
  else if (typeof value === "string") add(path, value);
  else if (typeof value === "number" || typeof value === "boolean") add(path, String(value));
}
