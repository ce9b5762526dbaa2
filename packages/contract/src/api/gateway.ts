import { z } from "zod";
import { entityRef } from "../entity-ref.ts";
import { usageRecord } from "../gateway.ts";

/** `GET /api/keys` → `{items}` */
export const keyView = z.strictObject({
  id: z.string(),
  name: z.string(),
  principal: z.string(),
  owner: z.string(),
  budgetRef: z.string().nullable(),
  routes: z.union([z.literal("*"), z.array(z.string())]),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
});
export type KeyView = z.infer<typeof keyView>;

/** `replaceEarlier` revokes the key's other secrets at once. */
export const issueSecretBody = z.strictObject({
  expiresInSeconds: z.int().positive().max(31_536_000).optional(),
  replaceEarlier: z.boolean().default(false),
});

/** `POST /api/keys/{id}/secrets` → 201; the secret is shown this once, only its hash is kept. */
export const issuedSecret = z.strictObject({
  keyId: z.string(),
  secret: z.string(),
  expiresAt: z.iso.datetime().nullable(),
});

/** `GET /api/budgets` → `{items}` */
export const budgetView = z.strictObject({
  ref: z.string(),
  subject: z.string(),
  owner: z.string(),
  capMicroUsd: z.int(),
  window: z.enum(["day", "month"]),
  windowStart: z.iso.datetime(),
  resetsAt: z.iso.datetime(),
  spentMicroUsd: z.int(),
  /** Spent at the declared example price of an offline stand-in. */
  notionalMicroUsd: z.int(),
});
export type BudgetView = z.infer<typeof budgetView>;

export const usageGroupBy = z.enum([
  "principal",
  "owner",
  "model",
  "route",
  "provider",
  "flow",
  "day",
  "hour",
]);
/** `GET /api/usage?groupBy=&from=&to=&principal=` ; times ISO 8601, default the current month; a ref in any spelling. */
export const usageQuery = z.strictObject({
  groupBy: usageGroupBy.default("principal"),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  principal: entityRef.optional(),
});
export type UsageQuery = z.infer<typeof usageQuery>;
export const usageRow = z.strictObject({
  key: z.string(),
  requests: z.int(),
  failed: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  costMicroUsd: z.int(),
  notionalMicroUsd: z.int(),
  /** Calls whose price is unknown: their cost is in neither sum. */
  unpriced: z.int(),
  p50DurationMs: z.number().nullable(),
  p95DurationMs: z.number().nullable(),
  p50TtftMs: z.number().nullable(),
});
export const usageReport = z.strictObject({
  groupBy: usageGroupBy,
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  rows: z.array(usageRow),
  total: usageRow,
});
export type UsageReport = z.infer<typeof usageReport>;

/** `GET /api/usage/requests?principal=&traceId=&limit=&cursor=` → the ledger rows behind a number, newest first. */
export const usageRequestsQuery = z.strictObject({
  principal: entityRef.optional(),
  traceId: z.string().optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().optional(),
});
export type UsageRequestsQuery = z.infer<typeof usageRequestsQuery>;
export const usageRequestsPage = z.strictObject({
  items: z.array(usageRecord),
  nextCursor: z.string().nullable(),
});
export type UsageRequestsPage = z.infer<typeof usageRequestsPage>;
