import type { Db, Tx } from "#platform/db/database";
import type { IdentityTables } from "./tables.ts";

type Link = IdentityTables["identity_sign_in_link"];
type Session = IdentityTables["identity_session"];
export type Token = IdentityTables["identity_token"];

export async function insertLink(tx: Tx, link: Omit<Link, "used_at">): Promise<void> {
  await tx.withTables<IdentityTables>().insertInto("identity_sign_in_link").values(link).execute();
}

/** The link, if this call is the one that uses it up. */
export async function useLink(tx: Tx, hash: string, now: Date): Promise<Link | undefined> {
  return tx
    .withTables<IdentityTables>()
    .updateTable("identity_sign_in_link")
    .set({ used_at: now })
    .where("hash", "=", hash)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .returningAll()
    .executeTakeFirst();
}

export async function findLink(tx: Tx, hash: string): Promise<Link | undefined> {
  return tx
    .withTables<IdentityTables>()
    .selectFrom("identity_sign_in_link")
    .selectAll()
    .where("hash", "=", hash)
    .executeTakeFirst();
}

/** Links and sessions that ended before `limit`; kept until then to tell "expired" from "unknown". */
export async function forgetEndedBefore(tx: Tx, limit: Date): Promise<void> {
  const tables = tx.withTables<IdentityTables>();
  await tables.deleteFrom("identity_sign_in_link").where("expires_at", "<", limit).execute();
  await tables.deleteFrom("identity_session").where("expires_at", "<", limit).execute();
}

export async function insertSession(tx: Tx, session: Session): Promise<void> {
  await tx.withTables<IdentityTables>().insertInto("identity_session").values(session).execute();
}

export async function findSession(db: Db, hash: string, now: Date): Promise<Session | undefined> {
  return db
    .withTables<IdentityTables>()
    .selectFrom("identity_session")
    .selectAll()
    .where("hash", "=", hash)
    .where("expires_at", ">", now)
    .executeTakeFirst();
}

export async function extendSession(
  db: Db,
  hash: string,
  { now, expiresAt }: { readonly now: Date; readonly expiresAt: Date },
): Promise<void> {
  await db
    .withTables<IdentityTables>()
    .updateTable("identity_session")
    .set({ last_used_at: now, expires_at: expiresAt })
    .where("hash", "=", hash)
    .execute();
}

export async function deleteSession(tx: Tx, hash: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .withTables<IdentityTables>()
    .deleteFrom("identity_session")
    .where("hash", "=", hash)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function insertToken(
  tx: Tx,
  token: Omit<Token, "last_used_at" | "revoked_at">,
): Promise<void> {
  await tx.withTables<IdentityTables>().insertInto("identity_token").values(token).execute();
}

export async function findValidToken(db: Db, hash: string): Promise<Token | undefined> {
  return db
    .withTables<IdentityTables>()
    .selectFrom("identity_token")
    .selectAll()
    .where("hash", "=", hash)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
}

export async function findToken(tx: Tx, id: string): Promise<Token | undefined> {
  return tx
    .withTables<IdentityTables>()
    .selectFrom("identity_token")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirst();
}

/** Newest first. */
export async function listTokens(db: Db | Tx, principal: string): Promise<Token[]> {
  return db
    .withTables<IdentityTables>()
    .selectFrom("identity_token")
    .selectAll()
    .where("principal", "=", principal)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(500)
    .execute();
}

export async function noteTokenUse(db: Db, id: string, now: Date): Promise<void> {
  await db
    .withTables<IdentityTables>()
    .updateTable("identity_token")
    .set({ last_used_at: now })
    .where("id", "=", id)
    .execute();
}

/** True when this call revoked it. */
export async function revokeToken(tx: Tx, id: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .withTables<IdentityTables>()
    .updateTable("identity_token")
    .set({ revoked_at: now })
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
