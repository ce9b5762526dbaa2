import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { ConflictError } from "@causeway/contract";
import { sql } from "kysely";
import type { Db } from "./database.ts";

const directory = new URL("./migrations/", import.meta.url);
/** Any constant: two processes that migrate at once queue here. */
const advisoryLock = 7_400_001;

/** Applies the numbered SQL files that the database has not seen, each in its own transaction. Forward only: a file
 *  that was applied and has changed since is refused (`migration_changed`). Returns the names applied now. */
export async function migrate(db: Db): Promise<string[]> {
  return db.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${advisoryLock})`.execute(connection);
    try {
      return await applyMissing(connection);
    } finally {
      await sql`select pg_advisory_unlock(${advisoryLock})`.execute(connection);
    }
  });
}

async function applyMissing(db: Db): Promise<string[]> {
  await sql`create table if not exists migration (
    name text primary key, checksum text not null, applied_at timestamptz not null default now())`.execute(
    db,
  );
  const { rows } = await sql<{
    name: string;
    checksum: string;
  }>`select name, checksum from migration`.execute(db);
  const known = new Map(rows.map((row) => [row.name, row.checksum]));
  const applied: string[] = [];
  for (const name of (await readdir(directory))
    .filter((file) => file.endsWith(".sql"))
    .toSorted()) {
    const text = await readFile(new URL(name, directory), "utf8");
    const checksum = createHash("sha256").update(text).digest("hex");
    const before = known.get(name);
    if (before === checksum) continue;
    if (before !== undefined) throw changedMigration(name);
    await db.transaction().execute(async (tx) => {
      await sql.raw(text).execute(tx);
      await sql`insert into migration (name, checksum) values (${name}, ${checksum})`.execute(tx);
    });
    applied.push(name);
  }
  return applied;
}

function changedMigration(name: string): ConflictError {
  return new ConflictError({
    code: "migration_changed",
    message: `Migration ${name} was applied to this database in another form than this program carries`,
    fix: "Run the release that made this database, or start with an empty CAUSEWAY_HOME.",
  });
}
