import { z } from "zod";

/** What the control plane tells every data plane; pushed whole, applied atomically, kept on the gateway's disk (I10). */
const price = z.strictObject({
  inputMicroUsdPerMillion: z.int().nonnegative(),
  outputMicroUsdPerMillion: z.int().nonnegative(),
  notional: z.boolean(),
  since: z.string(),
});

export const snapshotTarget = z.strictObject({
  /** Entity ref of the model. */
  model: z.string(),
  /** Entity ref of the provider. */
  provider: z.string(),
  /** The name that the provider knows the model by. */
  providerModel: z.string(),
  /** `null` = unknown price: said loudly, never taken as zero. */
  price: price.nullable(),
  maxOutputTokens: z.int().positive(),
  /** No call's input can be larger: bounds what a picture in a message may cost. */
  contextTokens: z.int().positive(),
});
export const snapshotRoute = z.strictObject({
  /** The public model name that callers send. */
  name: z.string(),
  ref: z.string(),
  purpose: z.enum(["chat", "embedding"]),
  targets: z.array(snapshotTarget),
});
export const snapshotProvider = z.strictObject({
  ref: z.string(),
  driver: z.enum(["local", "openai"]),
  baseUrl: z.string().nullable(),
  /** Name of the environment variable of the gateway process that holds the provider's key. */
  credentialEnv: z.string().nullable(),
});
export const snapshotBudget = z.strictObject({
  id: z.string(),
  ref: z.string(),
  capMicroUsd: z.int().nonnegative(),
  window: z.enum(["day", "month"]),
});
export const snapshotKey = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** SHA-256 (hex) of each secret that is valid for this key. */
  secrets: z.array(z.strictObject({ hash: z.string(), expiresAt: z.iso.datetime().nullable() })),
  /** Whose calls these are. */
  principal: z.string(),
  owner: z.string(),
  flow: z.string().nullable(),
  /** Refs of the routes it may use; `"*"` = all. */
  routes: z.union([z.literal("*"), z.array(z.string())]),
  vectorStores: z.array(z.string()),
  prompts: z.union([z.literal("*"), z.array(z.string())]),
  budgetId: z.string().nullable(),
});
export const snapshotPrompt = z.strictObject({
  name: z.string(),
  ref: z.string(),
  version: z.int().positive(),
  hash: z.string(),
  system: z.string(),
  template: z.string(),
  variables: z.array(z.string()),
  route: z.string().nullable(),
  retrieval: z.strictObject({ topK: z.int().positive() }).nullable(),
});
export const gatewaySnapshot = z.strictObject({
  version: z.int().nonnegative(),
  builtAt: z.iso.datetime(),
  providers: z.array(snapshotProvider),
  routes: z.array(snapshotRoute),
  budgets: z.array(snapshotBudget),
  keys: z.array(snapshotKey),
  prompts: z.array(snapshotPrompt),
});
export type GatewaySnapshot = z.infer<typeof gatewaySnapshot>;
export type SnapshotKey = z.infer<typeof snapshotKey>;
export type SnapshotRoute = z.infer<typeof snapshotRoute>;
export type SnapshotTarget = z.infer<typeof snapshotTarget>;
export type SnapshotProvider = z.infer<typeof snapshotProvider>;
export type SnapshotBudget = z.infer<typeof snapshotBudget>;
export type SnapshotPrompt = z.infer<typeof snapshotPrompt>;

/** One attempt at a target: what the ledger keeps. `id` makes delivery idempotent. */
export const usageRecord = z.strictObject({
  /** `<requestId>:<attempt>` */
  id: z.string(),
  requestId: z.string(),
  attempt: z.int().positive(),
  gateway: z.string(),
  at: z.iso.datetime(),
  keyId: z.string(),
  principal: z.string(),
  owner: z.string(),
  flow: z.string().nullable(),
  route: z.string(),
  model: z.string(),
  provider: z.string(),
  operation: z.enum(["chat", "embeddings"]),
  stream: z.boolean(),
  outcome: z.enum(["succeeded", "failed", "cancelled", "refused"]),
  httpStatus: z.int(),
  errorCode: z.string().nullable(),
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  /** True: the provider did not say, these are our counts. */
  estimated: z.boolean(),
  /** `null` = unknown price. */
  costMicroUsd: z.int().nonnegative().nullable(),
  notional: z.boolean(),
  priceSince: z.string().nullable(),
  budgetId: z.string().nullable(),
  /** Start of the budget window that the call was reserved in. */
  windowStart: z.iso.datetime().nullable(),
  ttftMs: z.number().nullable(),
  durationMs: z.number(),
  traceId: z.string(),
});
export type UsageRecord = z.infer<typeof usageRecord>;

export const usageBatch = z.strictObject({
  gateway: z.string(),
  records: z.array(usageRecord).max(1_000),
});
export const usageAck = z.strictObject({ accepted: z.int(), duplicates: z.int() });

/** A gateway asks for more of a budget. Grants are cumulative per gateway, budget and window; their sum over all
 *  gateways never passes the cap (I8). */
export const leaseRequest = z.strictObject({
  gateway: z.string(),
  budgetId: z.string(),
  windowStart: z.iso.datetime(),
  /** The cumulative grant that it needs at least. Cumulative, so that an ask whose answer was lost may be repeated. */
  neededMicroUsd: z.int().nonnegative(),
});
export const leaseGrant = z.strictObject({
  budgetId: z.string(),
  windowStart: z.iso.datetime(),
  resetsAt: z.iso.datetime(),
  capMicroUsd: z.int().nonnegative(),
  /** Everything ever granted to this gateway in this window. */
  grantedMicroUsd: z.int().nonnegative(),
  /** What the ledger already holds of this gateway in this window; it starts from here after losing its memory. */
  settledMicroUsd: z.int().nonnegative(),
  /** What the ledger holds of all gateways in this window: what a refusal names as spent. */
  settledByAllMicroUsd: z.int().nonnegative(),
});
export type LeaseRequest = z.infer<typeof leaseRequest>;
export type LeaseGrant = z.infer<typeof leaseGrant>;

/** `GET /v1/requests/{id}` of the data plane. */
export const requestUsage = z.strictObject({
  id: z.string(),
  state: z.enum(["running", "settled"]),
  route: z.string(),
  model: z.string().nullable(),
  inputTokens: z.int().nullable(),
  outputTokens: z.int().nullable(),
  costMicroUsd: z.int().nullable(),
  notional: z.boolean().nullable(),
  estimated: z.boolean().nullable(),
  ttftMs: z.number().nullable(),
  traceId: z.string(),
});
export type RequestUsage = z.infer<typeof requestUsage>;

/** Headers by which the control plane acts through the gateway under somebody's key, and the gateway in its name. */
export const internalHeaders = {
  /** Shared secret of control plane and gateway. */
  token: "x-causeway-internal",
  /** Id of the key under which the call runs and is paid. */
  keyId: "x-causeway-key-id",
  principal: "x-causeway-principal",
} as const;

/** On an answer that is not a stream, what it cost; absent when the price is unknown. */
export const costHeaders = {
  costMicroUsd: "x-causeway-cost-micro-usd",
  notional: "x-causeway-cost-notional",
  traceId: "x-causeway-trace-id",
} as const;

/** A repeated `POST /v1/embeddings` under the same key is answered from what the first one left, unpaid. */
export const idempotencyHeaders = {
  /** On the request: chosen by the caller, one for each thing that it wants once. */
  key: "idempotency-key",
  /** On the answer: `true` when it is a repeat. */
  isReplay: "x-causeway-idempotent-replay",
} as const;
