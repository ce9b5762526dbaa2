import { sql } from "kysely";
import type { SnapshotKey } from "@causeway/contract";
import type { Db, Tx } from "#platform/db/database";
import type { GatewayTables } from "../tables.ts";

export type NewKey = {
  readonly id: string;
  readonly name: string;
  readonly principal: string;
  readonly owner: string;
  readonly flow: string | null;
  readonly budgetRef: string | null;
  readonly routes: readonly string[] | "*";
  readonly prompts: readonly string[] | "*";
  readonly vectorStores: readonly string[];
};

/** The id of the key that this idempotency key made, now or before; undefined when another live key of the principal
 *  bears the name. */
export async function insertKey(
  tx: Tx,
  key: NewKey,
  idempotencyKey: string,
): Promise<string | undefined> {
  const tables = tx.withTables<GatewayTables>();
  await tables
    .insertInto("gateway_key")
    .values({
      id: key.id,
      name: key.name,
      principal: key.principal,
      owner: key.owner,
      flow: key.flow,
      budget_ref: key.budgetRef,
      routes: JSON.stringify(key.routes),
      prompts: JSON.stringify(key.prompts),
      vector_stores: JSON.stringify(key.vectorStores),
      idempotency_key: idempotencyKey,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await tables
    .selectFrom("gateway_key")
    .select("id")
    .where("idempotency_key", "=", idempotencyKey)
    .executeTakeFirst();
  return row?.id;
}

export async function findLiveKey(db: Db | Tx, principal: string, name?: string) {
  let query = db
    .withTables<GatewayTables>()
    .selectFrom("gateway_key")
    .selectAll()
    .where("principal", "=", principal)
    .where("revoked_at", "is", null);
  if (name !== undefined) query = query.where("name", "=", name);
  return query.orderBy("created_at", "desc").limit(1).executeTakeFirst();
}

export async function findKey(db: Db | Tx, id: string) {
  return db
    .withTables<GatewayTables>()
    .selectFrom("gateway_key")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirst();
}

export async function listKeys(db: Db) {
  return db
    .withTables<GatewayTables>()
    .selectFrom("gateway_key")
    .selectAll()
    .orderBy("created_at", "desc")
    .execute();
}

/** With its secrets; the ledger's rows stay. */
export async function deleteKey(tx: Tx, id: string): Promise<void> {
  await tx.withTables<GatewayTables>().deleteFrom("gateway_key").where("id", "=", id).execute();
}

export async function insertSecret(
  tx: Tx,
  secret: { readonly keyId: string; readonly hash: string; readonly expiresAt: Date | null },
): Promise<void> {
  await tx
    .withTables<GatewayTables>()
    .insertInto("gateway_key_secret")
    .values({
      hash: secret.hash,
      key_id: secret.keyId,
      expires_at: secret.expiresAt,
      revoked_at: null,
    })
    .execute();
}

export async function revokeSecrets(tx: Tx, keyId: string, now: Date): Promise<void> {
  await tx
    .withTables<GatewayTables>()
    .updateTable("gateway_key_secret")
    .set({ revoked_at: now })
    .where("key_id", "=", keyId)
    .where("revoked_at", "is", null)
    .execute();
}

/** Every key that may be used, with the hashes that open it. An expired secret goes out of the snapshot with the next one. */
export async function listSnapshotKeys(tx: Tx, now: Date): Promise<SnapshotKey[]> {
  const tables = tx.withTables<GatewayTables>();
  const keys = await tables
    .selectFrom("gateway_key")
    .selectAll()
    .where("revoked_at", "is", null)
    .execute();
  const secrets = await tables
    .selectFrom("gateway_key_secret")
    .selectAll()
    .where("revoked_at", "is", null)
    .where((expression) =>
      expression.or([expression("expires_at", "is", null), expression("expires_at", ">", now)]),
    )
    .orderBy("hash")
    .execute();
  const byKey = Map.groupBy(secrets, (secret) => secret.key_id);
  return keys.map((key) => ({
    id: key.id,
    name: key.name,
    secrets: (byKey.get(key.id) ?? []).map((secret) => ({
      hash: secret.hash,
      expiresAt: secret.expires_at?.toISOString() ?? null,
    })),
    principal: key.principal,
    owner: key.owner,
    flow: key.flow,
    routes: toRefs(key.routes),
    prompts: toRefs(key.prompts),
    vectorStores: [...key.vector_stores],
    budgetId: key.budget_ref,
  }));
}

function toRefs(refs: readonly string[] | "*"): string[] | "*" {
  return refs === "*" ? "*" : [...refs];
}

export async function markKeysUsed(tx: Tx, used: ReadonlyMap<string, Date>): Promise<void> {
  for (const [id, at] of [...used].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    await sql`update gateway_key set last_used_at = greatest(last_used_at, ${at}) where id = ${id}`.execute(
      tx,
    );
  }
}
