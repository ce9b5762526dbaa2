import { z } from "zod";

/** `POST /api/catalog/validate`: a catalog file as text; nothing is stored. `file` names it in the issues. */
export const validateCatalogFile = z.strictObject({
  text: z.string().max(5_000_000),
  file: z.string().min(1).max(500).default("catalog.yaml"),
});
/** The good documents in the file's order, and what is wrong with the others (`path` = `file:line:column`). */
export const catalogFileReport = z.strictObject({
  entities: z.array(z.looseObject({ kind: z.string() })),
  issues: z.array(z.strictObject({ path: z.string(), message: z.string() })),
});
export type CatalogFileReport = z.infer<typeof catalogFileReport>;

/** `GET /api/catalog/history/{ref}` → `{items}`, newest first. */
export const entityVersion = z.strictObject({
  version: z.int(),
  change: z.enum(["created", "updated", "removed", "restored"]),
  changedAt: z.iso.datetime(),
  changedBy: z.string(),
  runId: z.string().nullable(),
  etag: z.string().nullable(),
  /** `null` = removed by this change. */
  entity: z.looseObject({ kind: z.string() }).nullable(),
});
export type EntityVersion = z.infer<typeof entityVersion>;
