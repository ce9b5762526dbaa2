import { sql } from "kysely";
import type { Db, Tx } from "#platform/db/database";
import type { LoadedChunk } from "../exact-index.ts";
import { searchTextOf } from "../chunks.ts";
import type { ProvisioningTables } from "../tables.ts";

export type StoreRow = {
  readonly ref: string;
  readonly name: string;
  readonly owner: string;
  readonly embeddingRoute: string;
  readonly dimensions: number;
  readonly revision: number;
  readonly chunks: number;
  readonly madeBy: string;
};

const columns = [
  "ref",
  "name",
  "owner",
  "embedding_route as embeddingRoute",
  "dimensions",
  "revision",
  "chunks",
  "made_by as madeBy",
] as const;

export async function findStore(db: Db | Tx, ref: string): Promise<StoreRow | undefined> {
  return db
    .withTables<ProvisioningTables>()
    .selectFrom("vector_store")
    .select(columns)
    .where("ref", "=", ref)
    .executeTakeFirst();
}

/** The row that was there or is there now; who made it tells which. */
export async function insertStore(
  db: Db | Tx,
  store: Omit<StoreRow, "revision" | "chunks">,
): Promise<StoreRow> {
  const tables = db.withTables<ProvisioningTables>();
  await tables
    .insertInto("vector_store")
    .values({
      ref: store.ref,
      name: store.name,
      owner: store.owner,
      embedding_route: store.embeddingRoute,
      dimensions: store.dimensions,
      made_by: store.madeBy,
    })
    .onConflict((conflict) => conflict.column("ref").doNothing())
    .execute();
  return tables
    .selectFrom("vector_store")
    .select(columns)
    .where("ref", "=", store.ref)
    .executeTakeFirstOrThrow();
}

export async function deleteStore(db: Db | Tx, ref: string, madeBy: string): Promise<void> {
  await db
    .withTables<ProvisioningTables>()
    .deleteFrom("vector_store")
    .where("ref", "=", ref)
    .where("made_by", "=", madeBy)
    .execute();
}

/** Holds the store's row until the transaction ends: writers of one store queue here. */
export async function lockStore(tx: Tx, ref: string): Promise<StoreRow | undefined> {
  return tx
    .withTables<ProvisioningTables>()
    .selectFrom("vector_store")
    .select(columns)
    .where("ref", "=", ref)
    .forUpdate()
    .executeTakeFirst();
}

/** After any change of its files: the count of what is searched, and the revision by which others notice. */
export async function touchStore(tx: Tx, ref: string): Promise<void> {
  await sql`
    update vector_store set revision = revision + 1, chunks = (
      select count(*) from vector_chunk c join vector_file f on f.id = c.file_id
       where f.store_ref = ${ref} and f.replaced_by is null)
     where ref = ${ref}`.execute(tx);
}

const chunksAPage = 2_000;

/** Everything that is searched, in the order of paths. */
export async function* readChunks(db: Db, ref: string): AsyncGenerator<LoadedChunk[]> {
  let after = { path: "", position: -1 };
  for (;;) {
    const { path, position } = after;
    const rows = await db
      .withTables<ProvisioningTables>()
      .selectFrom("vector_chunk as c")
      .innerJoin("vector_file as f", "f.id", "c.file_id")
      .select(["c.id", "c.headings", "c.text", "c.embedding", "c.position", "f.title", "f.path"])
      .where("f.store_ref", "=", ref)
      .where("f.replaced_by", "is", null)
      .where((eb) => eb(eb.refTuple("f.path", "c.position"), ">", eb.tuple(path, position)))
      .orderBy("f.path")
      .orderBy("c.position")
      .limit(chunksAPage)
      .execute();
    yield rows.map((row) => ({
      id: String(row.id),
      vector: fromBytes(row.embedding),
      searchText: searchTextOf(row.title, row),
    }));
    const last = rows.at(-1);
    if (!last || rows.length < chunksAPage) return;
    after = { path: last.path, position: last.position };
  }
}

export function toBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes;
}

function fromBytes(bytes: Buffer): Float32Array {
  // Copied: the driver's buffer may begin at an odd address. Little-endian, as every machine that Node runs on.
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
