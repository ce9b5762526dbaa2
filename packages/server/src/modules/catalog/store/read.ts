import type { Entity, EntityRelation } from "@causeway/contract";
import type { Db, Tx } from "#platform/db/database";
import type { CatalogTables } from "../tables.ts";

export type StoredEntity = {
  readonly id: number;
  readonly ref: string;
  readonly uid: string;
  readonly etag: string;
  readonly version: number;
  /** As declared; see `withServed`. */
  readonly entity: Entity;
};

const columns = ["id", "ref", "uid", "etag", "version", "entity"] as const;

export async function findByRefs(db: Db | Tx, refs: readonly string[]): Promise<StoredEntity[]> {
  if (refs.length === 0) return [];
  return db
    .withTables<CatalogTables>()
    .selectFrom("catalog_entity")
    .select(columns)
    .where("ref", "in", refs)
    .execute();
}

export async function findByUid(db: Db, uid: string): Promise<StoredEntity | undefined> {
  return db
    .withTables<CatalogTables>()
    .selectFrom("catalog_entity")
    .select(columns)
    .where("uid", "=", uid)
    .executeTakeFirst();
}

/** Relations of many entities, by the ref of their source, in the order of type and target. */
async function listRelations(
  db: Db | Tx,
  sources: readonly string[],
): Promise<Map<string, EntityRelation[]>> {
  const relations = new Map<string, EntityRelation[]>();
  if (sources.length === 0) return relations;
  const rows = await db
    .withTables<CatalogTables>()
    .selectFrom("catalog_relation")
    .select(["source", "type", "target"])
    .distinct()
    .where("source", "in", sources)
    .orderBy("source")
    .orderBy("type")
    .orderBy("target")
    .execute();
  for (const row of rows) {
    const known = relations.get(row.source) ?? [];
    known.push({ type: row.type, targetRef: row.target });
    relations.set(row.source, known);
  }
  return relations;
}

/** What a reader sees: the declared entity with uid, etag and relations. */
export async function withServed(db: Db | Tx, stored: readonly StoredEntity[]): Promise<Entity[]> {
  const relations = await listRelations(
    db,
    stored.map((row) => row.ref),
  );
  return stored.map(({ entity, uid, etag, ref }) => ({
    ...entity,
    metadata: { ...entity.metadata, uid, etag },
    relations: relations.get(ref) ?? [],
  }));
}

export type HistoryRow = {
  readonly ref: string;
  readonly version: number;
  readonly change: "created" | "updated" | "removed" | "restored";
  readonly uid: string;
  readonly etag: string | null;
  readonly entity: Entity | null;
  readonly changed_at: Date;
  readonly changed_by: string;
  readonly run_id: string | null;
};

const historyColumns = [
  "ref",
  "version",
  "change",
  "uid",
  "etag",
  "entity",
  "changed_at",
  "changed_by",
  "run_id",
] as const;

/** Versions of one entity, newest first. */
export async function listHistory(db: Db, ref: string): Promise<HistoryRow[]> {
  return db
    .withTables<CatalogTables>()
    .selectFrom("catalog_history")
    .select(historyColumns)
    .where("ref", "=", ref)
    .orderBy("version", "desc")
    .limit(500)
    .execute();
}

export async function findVersion(
  tx: Tx,
  ref: string,
  version: number,
): Promise<HistoryRow | undefined> {
  return tx
    .withTables<CatalogTables>()
    .selectFrom("catalog_history")
    .select(historyColumns)
    .where("ref", "=", ref)
    .where("version", "=", version)
    .executeTakeFirst();
}

/** Newest version number of each ref that ever existed: a removed entity goes on counting. */
export async function lastVersions(
  tx: Tx,
  refs: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (refs.length === 0) return new Map();
  const rows = await tx
    .withTables<CatalogTables>()
    .selectFrom("catalog_history")
    .select(({ fn }) => ["ref", fn.max("version").as("version")])
    .where("ref", "in", refs)
    .groupBy("ref")
    .execute();
  return new Map(rows.map((row) => [row.ref, row.version]));
}

/** What was done under one idempotency key, if it was done. */
export async function listByEffect(
  tx: Tx,
  effect: string,
): Promise<{ ref: string; version: number }[]> {
  return tx
    .withTables<CatalogTables>()
    .selectFrom("catalog_history")
    .select(["ref", "version"])
    .where("effect", "=", effect)
    .execute();
}
