import {
  ConflictError,
  InvalidError,
  NotFoundError,
  type KeyView,
  type UsageQuery,
  type UsageRecord,
  type UsageReport,
  type UsageRequestsPage,
  type UsageRequestsQuery,
} from "@causeway/contract";
import { appendAudit, principalChain } from "#modules/audit";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db/database";
import { newId, newSecret, sha256 } from "#platform/ids";
import type { Notifier } from "#platform/notify";
import { windowAt } from "./budget-window.ts";
import { snapshotChannel } from "./snapshot-service.ts";
import {
  deleteKey,
  findKey,
  findLiveKey,
  insertKey,
  insertSecret,
  listKeys,
  markKeysUsed,
  revokeSecrets,
  type NewKey,
} from "./store/keys.ts";
import { insertUsage, listUsage, sumUsage, type UsageTotals } from "./store/ledger.ts";

export type ServiceDeps = {
  readonly db: Db;
  readonly notifier: Notifier;
  readonly clock: Clock;
};

export async function createKey(
  deps: ServiceDeps,
  key: Omit<NewKey, "id">,
  idempotencyKey: string,
): Promise<string> {
  return deps.db.transaction().execute(async (tx) => {
    const id = await insertKey(tx, { ...key, id: newId("key") }, idempotencyKey);
    if (id === undefined) throw nameTaken(key.principal, key.name);
    await deps.notifier.publish(tx, snapshotChannel);
    return id;
  });
}

export function nameTaken(principal: string, name: string): ConflictError {
  return new ConflictError({
    code: "key_name_taken",
    message: `${principal} already has a key named ${name}`,
    fix: "Choose another name, or revoke that key first.",
  });
}

export async function removeKey(deps: ServiceDeps, id: string): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    await deleteKey(tx, id);
    await deps.notifier.publish(tx, snapshotChannel);
  });
}

export type IssueSecret = {
  readonly keyId: string;
  readonly actor: string;
  readonly expiresInSeconds?: number | undefined;
  readonly replaceEarlier: boolean;
};

/** A new secret of a key. It is returned this once; the platform keeps its hash. */
export async function issueSecret(deps: ServiceDeps, command: IssueSecret) {
  const now = deps.clock.now();
  const { keyId, expiresInSeconds } = command;
  const expiresAt =
    expiresInSeconds === undefined ? null : new Date(now.getTime() + expiresInSeconds * 1000);
  const secret = newSecret("cwk");
  await deps.db.transaction().execute(async (tx) => {
    const key = await findKey(tx, keyId);
    if (!key || key.revoked_at) throw keyNotFound(keyId);
    if (command.replaceEarlier) await revokeSecrets(tx, keyId, now);
    await insertSecret(tx, { keyId, hash: sha256(secret), expiresAt });
    await appendAudit(tx, {
      chain: principalChain(command.actor, now),
      actor: command.actor,
      verb: "key_secret.issued",
      subject: keyId,
      detail: {
        expiresAt: expiresAt?.toISOString() ?? null,
        replacedEarlier: command.replaceEarlier,
      },
    });
    await deps.notifier.publish(tx, snapshotChannel);
  });
  return { keyId, secret, expiresAt: expiresAt?.toISOString() ?? null };
}

function keyNotFound(id: string): NotFoundError {
  return new NotFoundError({
    code: "key_not_found",
    message: `There is no key ${id}`,
    fix: "GET /api/keys lists the keys.",
  });
}

export async function findKeyOf(deps: ServiceDeps, principal: string): Promise<string | undefined> {
  return (await findLiveKey(deps.db, principal))?.id;
}

export async function listKeyViews(deps: ServiceDeps): Promise<KeyView[]> {
  return (await listKeys(deps.db)).map((row) => ({
    id: row.id,
    name: row.name,
    principal: row.principal,
    owner: row.owner,
    budgetRef: row.budget_ref,
    routes: row.routes === "*" ? "*" : [...row.routes],
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  }));
}

/** What gateways observed: at least once delivered, once counted. */
export async function recordUsage(deps: ServiceDeps, records: readonly UsageRecord[]) {
  return deps.db.transaction().execute(async (tx) => {
    const accepted = await insertUsage(tx, records);
    const used = new Map<string, Date>();
    for (const record of records) {
      const at = new Date(record.at);
      if ((used.get(record.keyId) ?? at) <= at) used.set(record.keyId, at);
    }
    await markKeysUsed(tx, used);
    return { accepted, duplicates: records.length - accepted };
  });
}

export async function reportUsage(deps: ServiceDeps, query: UsageQuery): Promise<UsageReport> {
  const now = deps.clock.now();
  const from = query.from ?? windowAt("month", now).start;
  const to = query.to ?? now.toISOString();
  const filter = { from: new Date(from), to: new Date(to), principal: query.principal };
  const rows = await sumUsage(deps.db, { ...filter, groupBy: query.groupBy });
  const [total = emptyTotal] = await sumUsage(deps.db, { ...filter, groupBy: "total" });
  return { groupBy: query.groupBy, from, to, rows, total };
}

const emptyTotal: UsageTotals = {
  key: "total",
  requests: 0,
  failed: 0,
  inputTokens: 0,
  outputTokens: 0,
  costMicroUsd: 0,
  notionalMicroUsd: 0,
  unpriced: 0,
  p50DurationMs: null,
  p95DurationMs: null,
  p50TtftMs: null,
};

export async function listRequests(
  deps: ServiceDeps,
  query: UsageRequestsQuery,
): Promise<UsageRequestsPage> {
  const items = await listUsage(deps.db, {
    principal: query.principal,
    traceId: query.traceId,
    from: query.from === undefined ? undefined : new Date(query.from),
    to: query.to === undefined ? undefined : new Date(query.to),
    after: query.cursor === undefined ? undefined : parseCursor(query.cursor),
    limit: query.limit,
  });
  const last = items.at(-1);
  const isFull = items.length === query.limit && last !== undefined;
  return { items, nextCursor: isFull ? `${last.at} ${last.id}` : null };
}

function parseCursor(cursor: string): { at: Date; id: string } {
  const [at = "", id] = cursor.split(" ");
  if (id === undefined || Number.isNaN(Date.parse(at))) {
    throw new InvalidError({
      code: "invalid_cursor",
      message: "cursor is not one that this list gave",
      fix: "Leave it out to start from the newest.",
    });
  }
  return { at: new Date(at), id };
}
