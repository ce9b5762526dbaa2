import { z } from "zod";

/** One entry of a hash chain. `hash` = SHA-256 of the entry's canonical JSON text without `hash` itself. */
export const auditEntry = z.strictObject({
  chain: z.string(),
  seq: z.int(),
  at: z.iso.datetime(),
  actor: z.string(),
  verb: z.string(),
  subject: z.string(),
  detail: z.json(),
  prev: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** `GET /api/audit?chain=&limit=&cursor=` → newest first. Chains: `run:<id>`, `principal:<ref>:<yyyy-mm-dd>`. */
export const auditListQuery = z.strictObject({
  chain: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().regex(/^\d+$/, "use the nextCursor of an earlier answer").optional(),
});
export const auditList = z.strictObject({
  items: z.array(auditEntry),
  nextCursor: z.string().nullable(),
});

/** Where a chain is broken. `edited`: the text no longer fits its hash. `missing`: entries before this one are gone.
 *  `moved`: the entry says another place than where it stands. `cut`: the chain's end is gone. */
export const auditFault = z.strictObject({
  chain: z.string(),
  seq: z.int(),
  kind: z.enum(["edited", "missing", "moved", "cut"]),
  message: z.string(),
});
export type AuditFault = z.infer<typeof auditFault>;

/** `GET /api/audit/verification` */
export const auditVerification = z.strictObject({
  chains: z.int(),
  entries: z.int(),
  faults: z.array(auditFault),
});
export type AuditVerification = z.infer<typeof auditVerification>;
