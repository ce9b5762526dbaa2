import type { Entity } from "@causeway/contract";
import { sql } from "kysely";
import type { Tx } from "#platform/db/database";
import { relationsOf } from "../relations.ts";
import { searchRowsOf } from "../search-rows.ts";
import type { CatalogTables } from "../tables.ts";

/** Any constant: writers of the catalog queue here, so that versions are numbered without gaps or deadlocks. */
const advisoryLock = 7_400_030;

export async function lockCatalog(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${advisoryLock})`.execute(tx);
}

export type EntityWrite = {
  readonly ref: string;
  readonly uid: string;
  readonly etag: string;
  readonly version: number;
  readonly entity: Entity;
};

/** The entity with everything derived from it: search rows and the relations that it declares. */
export async function writeEntity(tx: Tx, write: EntityWrite): Promise<void> {
  const tables = tx.withTables<CatalogTables>();
  const row = {
    ref: write.ref,
    kind: write.entity.kind.toLowerCase(),
    uid: write.uid,
    etag: write.etag,
    version: write.version,
    entity: JSON.stringify(write.entity),
  };
  const { id } = await tables
    .insertInto("catalog_entity")
    .values(row)
    .onConflict((conflict) => conflict.column("ref").doUpdateSet(row))
    .returning("id")
    .executeTakeFirstOrThrow();
  await tables.deleteFrom("catalog_search").where("entity_id", "=", id).execute();
  const search = searchRowsOf(write.entity, write.uid);
  // PostgreSQL takes 65,535 parameters in a statement.
  for (let start = 0; start < search.length; start += 5_000) {
    const leaves = search.slice(start, start + 5_000);
    await tables
      .insertInto("catalog_search")
      .values(leaves.map((leaf) => ({ entity_id: id, ...leaf })))
      .execute();
  }
  await removeRelations(tx, write.ref);
  const relations = relationsOf(write.entity);
  if (relations.length === 0) return;
  await tables
    .insertInto("catalog_relation")
    .values(relations.map((relation) => ({ declared_by: write.ref, ...relation })))
    .execute();
}

export async function removeEntity(tx: Tx, ref: string): Promise<void> {
  await tx
    .withTables<CatalogTables>()
    .deleteFrom("catalog_entity")
    .where("ref", "=", ref)
    .execute();
  await removeRelations(tx, ref);
}

async function removeRelations(tx: Tx, declaredBy: string): Promise<void> {
  await tx
    .withTables<CatalogTables>()
    .deleteFrom("catalog_relation")
    .where("declared_by", "=", declaredBy)
    .execute();
}

export type HistoryWrite = {
  readonly ref: string;
  readonly version: number;
  readonly change: "created" | "updated" | "removed" | "restored";
  readonly uid: string;
  readonly etag: string | null;
  readonly entity: Entity | null;
  readonly changedBy: string;
  readonly runId: string | null;
  readonly effect: string | null;
};

export async function appendHistory(tx: Tx, write: HistoryWrite): Promise<void> {
  await tx
    .withTables<CatalogTables>()
    .insertInto("catalog_history")
    .values({
      ref: write.ref,
      version: write.version,
      change: write.change,
      uid: write.uid,
      etag: write.etag,
      entity: write.entity === null ? null : JSON.stringify(write.entity),
      changed_by: write.changedBy,
      run_id: write.runId,
      effect: write.effect,
    })
    .execute();
}
