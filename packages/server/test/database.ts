import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type Pool } from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { openDatabase, type Db } from "#platform/db/database";
import { template, withDatabase } from "./server-url.ts";

export type TestDatabase = {
  readonly db: Db;
  readonly pool: Pool;
  /** For what opens connections of its own: pg-boss, a notifier, a child process. */
  readonly url: string;
};

/** A migrated database of the test file's own, made before its first test and dropped after its last. Call it at the top
 *  of the file; connect only in hooks and tests. Fails the file when something of it is still connected at the end. */
export function useDatabase(options: { readonly maxConnections?: number } = {}): TestDatabase {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const serverUrl = inject("postgresUrl");
  const url = withDatabase(serverUrl, name);
  const database = openDatabase({ url, maxConnections: options.maxConnections ?? 10 });

  beforeAll(async () => {
    await asAdmin(serverUrl, (admin) =>
      admin.query(`create database ${name} template ${template} strategy file_copy`),
    );
  });

  afterAll(async () => {
    const leaked = database.pool.totalCount - database.pool.idleCount;
    if (leaked === 0) await database.close();
    const connected = await asAdmin(serverUrl, async (admin) => {
      const left = await waitForDisconnection(admin, name);
      await admin.query(`drop database if exists ${name} with (force)`);
      return left;
    });
    if (leaked > 0) throw new Error(`${leaked} pool connections were never released`);
    if (connected.length > 0) {
      throw new Error(
        `something is still connected to the test's database: ${connected.join("; ")}`,
      );
    }
  });

  return { db: database.db, pool: database.pool, url };
}

async function asAdmin<Result>(
  serverUrl: string,
  work: (admin: Client) => Promise<Result>,
): Promise<Result> {
  const admin = new Client({ connectionString: withDatabase(serverUrl, "postgres") });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** A client's goodbye reaches the server a moment after `end()`. */
async function waitForDisconnection(admin: Client, name: string): Promise<string[]> {
  for (let attempt = 0; ; attempt++) {
    const { rows } = await admin.query<{ who: string }>(
      `select application_name || ' last ran: ' || left(query, 120) as who
         from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [name],
    );
    if (rows.length === 0 || attempt === 100) return rows.map((row) => row.who);
    await sleep(20);
  }
}
