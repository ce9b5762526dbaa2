export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Canonical JSON (JCS, RFC 8785): object keys sorted by UTF-16 code units, ECMAScript number format,
 *  members that are `undefined` left out. Hashes are taken over this text, never over a driver's. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sortKeys(value));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  // A null prototype and defined members: a key called __proto__ must survive hashing.
  const sorted = Object.create(null) as Record<string, unknown>;
  for (const [key, member] of entries) sorted[key] = sortKeys(member);
  return sorted;
}
