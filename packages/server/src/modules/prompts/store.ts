import type { PromptContent } from "@causeway/contract";
import { sql } from "kysely";
import type { Db, Tx } from "#platform/db/database";
import type { PromptTables } from "./tables.ts";

export type StoredVersion = {
  readonly ref: string;
  readonly version: number;
  readonly hash: string;
  readonly content: PromptContent;
};

/** Publications of one prompt queue here, so that its versions are numbered without gaps. */
export async function lockPrompt(tx: Tx, ref: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(7400070, hashtext(${ref}))`.execute(tx);
}

export async function findVersionByHash(
  db: Db | Tx,
  ref: string,
  hash: string,
): Promise<number | undefined> {
  const row = await db
    .withTables<PromptTables>()
    .selectFrom("prompt_version")
    .select("version")
    .where("ref", "=", ref)
    .where("hash", "=", hash)
    .executeTakeFirst();
  return row?.version;
}

export async function lastVersion(db: Db | Tx, ref: string): Promise<number> {
  const row = await db
    .withTables<PromptTables>()
    .selectFrom("prompt_version")
    .select(({ fn }) => fn.max("version").as("version"))
    .where("ref", "=", ref)
    .executeTakeFirst();
  // The maximum of nothing is null, which the column's type does not say.
  return (row?.version as number | null | undefined) ?? 0;
}

export type NewVersion = StoredVersion & {
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly runId: string | null;
};

export async function insertVersion(tx: Tx, version: NewVersion): Promise<void> {
  await tx
    .withTables<PromptTables>()
    .insertInto("prompt_version")
    .values({
      ref: version.ref,
      version: version.version,
      hash: version.hash,
      content: JSON.stringify(version.content),
      created_at: version.createdAt,
      created_by: version.createdBy,
      run_id: version.runId,
    })
    .execute();
}

/** The version that a label names. */
export async function findLabelled(
  db: Db | Tx,
  ref: string,
  label: string,
): Promise<StoredVersion | undefined> {
  return db
    .withTables<PromptTables>()
    .selectFrom("prompt_label")
    .innerJoin("prompt_version", (join) =>
      join
        .onRef("prompt_version.ref", "=", "prompt_label.ref")
        .onRef("prompt_version.version", "=", "prompt_label.version"),
    )
    .select(["prompt_version.ref", "prompt_version.version", "hash", "content"])
    .where("prompt_label.ref", "=", ref)
    .where("label", "=", label)
    .executeTakeFirst();
}

/** Points the label at a version; null takes it away. */
export async function moveLabel(
  tx: Tx,
  { ref, label }: { readonly ref: string; readonly label: string },
  version: number | null,
): Promise<void> {
  const tables = tx.withTables<PromptTables>();
  if (version === null) {
    await tables
      .deleteFrom("prompt_label")
      .where("ref", "=", ref)
      .where("label", "=", label)
      .execute();
    return;
  }
  await tables
    .insertInto("prompt_label")
    .values({ ref, label, version })
    .onConflict((conflict) => conflict.columns(["ref", "label"]).doUpdateSet({ version }))
    .execute();
}

export type Publication = PromptTables["prompt_publication"];

export async function findPublication(tx: Tx, effect: string): Promise<Publication | undefined> {
  return tx
    .withTables<PromptTables>()
    .selectFrom("prompt_publication")
    .selectAll()
    .where("effect", "=", effect)
    .executeTakeFirst();
}

export async function insertPublication(tx: Tx, publication: Publication): Promise<void> {
  await tx
    .withTables<PromptTables>()
    .insertInto("prompt_publication")
    .values(publication)
    .execute();
}

/** All versions of a label, by ref. */
export async function listLabelled(db: Db, label: string): Promise<StoredVersion[]> {
  return db
    .withTables<PromptTables>()
    .selectFrom("prompt_label")
    .innerJoin("prompt_version", (join) =>
      join
        .onRef("prompt_version.ref", "=", "prompt_label.ref")
        .onRef("prompt_version.version", "=", "prompt_label.version"),
    )
    .select(["prompt_version.ref", "prompt_version.version", "hash", "content"])
    .where("label", "=", label)
    .orderBy("prompt_version.ref")
    .execute();
}

export async function countVersions(db: Db): Promise<{ ref: string; versions: number }[]> {
  return db
    .withTables<PromptTables>()
    .selectFrom("prompt_version")
    .select(({ fn }) => ["ref", fn.countAll<number>().as("versions")])
    .groupBy("ref")
    .orderBy("ref")
    .execute();
}

/** Newest first. */
export async function listVersions(db: Db, ref: string) {
  return db
    .withTables<PromptTables>()
    .selectFrom("prompt_version")
    .selectAll()
    .where("ref", "=", ref)
    .orderBy("version", "desc")
    .limit(500)
    .execute();
}

export async function listLabels(
  db: Db,
  ref: string,
): Promise<{ label: string; version: number }[]> {
  return db
    .withTables<PromptTables>()
    .selectFrom("prompt_label")
    .select(["label", "version"])
    .where("ref", "=", ref)
    .orderBy("label")
    .execute();
}
