import type { Db } from "#platform/db/database";
import type { ProvisioningTables } from "../tables.ts";

export type Upload = {
  readonly id: string;
  readonly principal: string;
  readonly filename: string;
  readonly purpose: string;
  readonly content: Buffer;
};
export type StoredUpload = Upload & { readonly createdAt: Date };

export async function insertUpload(db: Db, upload: Upload): Promise<Date> {
  const row = await db
    .withTables<ProvisioningTables>()
    .insertInto("uploaded_file")
    .values({ ...upload })
    .returning("created_at")
    .executeTakeFirstOrThrow();
  return row.created_at;
}

/** Only its own principal finds an upload. */
export async function findUpload(
  db: Db,
  principal: string,
  id: string,
): Promise<StoredUpload | undefined> {
  return db
    .withTables<ProvisioningTables>()
    .selectFrom("uploaded_file")
    .select(["id", "principal", "filename", "purpose", "content", "created_at as createdAt"])
    .where("id", "=", id)
    .where("principal", "=", principal)
    .executeTakeFirst();
}
