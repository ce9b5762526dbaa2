import { Kysely, PostgresDialect, sql, type Transaction } from "kysely";
import { Pool, TypeOverrides } from "pg";

/** A module sees its own tables by `db.withTables<ItsTables>()` in its store; nobody sees another module's. */
// oxlint-disable-next-line typescript/no-empty-object-type -- Kysely's word for "no tables known"
export type Tables = {};
export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;

export type DatabaseOptions = {
  /** `postgres://…`, or the directory of a Unix socket as `postgres://user@/name?host=/dir`. */
  readonly url: string;
  readonly maxConnections: number;
};

export type Database = { readonly db: Db; readonly pool: Pool; close(): Promise<void> };

export function openDatabase(options: DatabaseOptions): Database {
  // int8 as number: our counters and micro-USD stay below 2^53 (contract/money.ts).
  const types = new TypeOverrides();
  types.setTypeParser(20, Number);
  const pool = new Pool({
    connectionString: options.url,
    max: options.maxConnections,
    types,
    application_name: "causeway",
  });
  // A connection that breaks (the server restarts) is replaced at the next query; unheard, it would end the process. The
  // pool listens only while a connection is idle, so each one gets a listener of its own.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { db, pool, close: () => db.destroy() };
}

export async function isReachable(db: Db): Promise<boolean> {
  try {
    await sql`select 1`.execute(db);
    return true;
  } catch {
    return false;
  }
}
