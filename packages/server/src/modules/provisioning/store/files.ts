import type { Db, Tx } from "#platform/db/database";
import type { Chunk } from "../chunks.ts";
import type { ProvisioningTables } from "../tables.ts";
import { toBytes } from "./stores.ts";

export type NewFile = {
  readonly id: string;
  readonly storeRef: string;
  readonly path: string;
  readonly title: string;
  readonly contentHash: string;
  readonly bytes: number;
  readonly madeBy: string;
};
export type EmbeddedChunk = Chunk & { readonly vector: Float32Array };
export type CurrentFile = {
  readonly id: string;
  readonly path: string;
  readonly contentHash: string;
  readonly madeBy: string;
};

export async function listCurrentFiles(db: Db | Tx, storeRef: string): Promise<CurrentFile[]> {
  return db
    .withTables<ProvisioningTables>()
    .selectFrom("vector_file")
    .select(["id", "path", "content_hash as contentHash", "made_by as madeBy"])
    .where("store_ref", "=", storeRef)
    .where("replaced_by", "is", null)
    .orderBy("path")
    .execute();
}

/** Puts a file in the place of what stood at its path; the old one is kept for the way back. */
export async function insertFile(
  tx: Tx,
  file: NewFile,
  chunks: readonly EmbeddedChunk[],
): Promise<void> {
  const tables = tx.withTables<ProvisioningTables>();
  await tables
    .updateTable("vector_file")
    .set({ replaced_by: file.madeBy })
    .where("store_ref", "=", file.storeRef)
    .where("path", "=", file.path)
    .where("replaced_by", "is", null)
    .execute();
  await tables
    .insertInto("vector_file")
    .values({
      id: file.id,
      store_ref: file.storeRef,
      path: file.path,
      title: file.title,
      content_hash: file.contentHash,
      bytes: file.bytes,
      made_by: file.madeBy,
      replaced_by: null,
    })
    .execute();
  for (let at = 0; at < chunks.length; at += rowsAtOnce) {
    await tables
      .insertInto("vector_chunk")
      .values(
        chunks.slice(at, at + rowsAtOnce).map((chunk, index) => toRow(file.id, at + index, chunk)),
      )
      .execute();
  }
}

/** A statement takes at most 65,535 parameters. */
const rowsAtOnce = 1_000;

function toRow(fileId: string, position: number, chunk: EmbeddedChunk) {
  return {
    file_id: fileId,
    position,
    headings: [...chunk.headings],
    char_start: chunk.charStart,
    char_end: chunk.charEnd,
    byte_start: chunk.byteStart,
    byte_end: chunk.byteEnd,
    // PostgreSQL has no place for half a surrogate pair; UTF-8 files hold none.
    text: chunk.text,
    embedding: toBytes(chunk.vector),
  };
}

/** Takes a load back: its files go, what they replaced stands again, or behind what replaced them since. */
export async function removeLoad(tx: Tx, storeRef: string, madeBy: string): Promise<void> {
  const tables = tx.withTables<ProvisioningTables>();
  const removed = await tables
    .deleteFrom("vector_file")
    .where("store_ref", "=", storeRef)
    .where("made_by", "=", madeBy)
    .returning(["path", "replaced_by"])
    .execute();
  for (const { path, replaced_by } of removed) {
    await tables
      .updateTable("vector_file")
      .set({ replaced_by })
      .where("store_ref", "=", storeRef)
      .where("path", "=", path)
      .where("replaced_by", "=", madeBy)
      .execute();
  }
}

export type FoundChunk = {
  readonly id: string;
  readonly fileId: string;
  readonly path: string;
  readonly title: string;
  readonly text: string;
};

export async function findChunks(db: Db, ids: readonly string[]): Promise<FoundChunk[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .withTables<ProvisioningTables>()
    .selectFrom("vector_chunk as c")
    .innerJoin("vector_file as f", "f.id", "c.file_id")
    .select(["c.id", "c.file_id as fileId", "f.path", "f.title", "c.text"])
    .where("c.id", "in", ids.map(Number))
    .execute();
  return rows.map((row) => ({ ...row, id: String(row.id) }));
}

export type StoredFile = {
  readonly id: string;
  readonly path: string;
  readonly bytes: number;
  readonly contentHash: string;
  readonly createdAt: Date;
};

export async function listFiles(db: Db, storeRef: string): Promise<StoredFile[]> {
  return db
    .withTables<ProvisioningTables>()
    .selectFrom("vector_file")
    .select(["id", "path", "bytes", "content_hash as contentHash", "created_at as createdAt"])
    .where("store_ref", "=", storeRef)
    .where("replaced_by", "is", null)
    .orderBy("path")
    .execute();
}
