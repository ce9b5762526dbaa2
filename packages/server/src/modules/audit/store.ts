import { sql } from "kysely";
import type { Db, Tx } from "#platform/db/database";
import type { ChainHead, StoredEntry } from "./chain.ts";
import type { AuditTables } from "./tables.ts";

export type NewEntry = {
  readonly chain: string;
  readonly actor: string;
  readonly verb: string;
  readonly subject: string;
  /** Canonical JSON. */
  readonly detail: string;
};

export async function appendEntry(tx: Tx, entry: NewEntry): Promise<void> {
  await sql`select audit_append(${entry.chain}, ${entry.actor}, ${entry.verb}, ${entry.subject}, ${entry.detail})`.execute(
    tx,
  );
}

export type EntryQuery = {
  readonly chain: string | undefined;
  readonly limit: number;
  readonly before: number | undefined;
};

export async function listEntries(db: Db, query: EntryQuery) {
  let select = db.withTables<AuditTables>().selectFrom("audit_entry").selectAll();
  if (query.chain !== undefined) select = select.where("chain", "=", query.chain);
  if (query.before !== undefined) select = select.where("id", "<", query.before);
  return select.orderBy("id", "desc").limit(query.limit).execute();
}

/** Heads of chains after `chain` in text order; a page at a time, so that a long log never lies in memory. */
export async function listHeads(db: Db, after: string, limit: number): Promise<ChainHead[]> {
  return db
    .withTables<AuditTables>()
    .selectFrom("audit_head")
    .selectAll()
    .where("chain", ">", after)
    .orderBy("chain")
    .limit(limit)
    .execute();
}

export async function listChainEntries(db: Db, chains: readonly string[]): Promise<StoredEntry[]> {
  return db
    .withTables<AuditTables>()
    .selectFrom("audit_entry")
    .select(["chain", "seq", "prev", "hash", "entry"])
    .where("chain", "in", chains)
    .orderBy("chain")
    .orderBy("seq")
    .execute();
}

/** Chains that have entries but no head: somebody removed the head. */
export async function listHeadlessChains(db: Db): Promise<string[]> {
  const { rows } = await sql<{ chain: string }>`
    select distinct chain from audit_entry e
     where not exists (select 1 from audit_head h where h.chain = e.chain)`.execute(db);
  return rows.map((row) => row.chain);
}
