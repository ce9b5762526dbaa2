import { sql } from "kysely";
import { expect, test } from "vitest";
import { useDatabase } from "#test/database";

const { db, url } = useDatabase();

test("a test file works on a migrated database of its own", async () => {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db);
  expect(new URL(url).pathname).toBe(`/${rows[0]?.name}`);
  await sql`select name from migration`.execute(db);
});

test("text sorts and folds by code point and Unicode on every machine", async () => {
  const { rows } = await sql<{ lower: string; isBinary: boolean }>`
    select lower('ÄÉ') as lower, 'B' < 'a' as "isBinary"`.execute(db);
  expect(rows[0]).toEqual({ lower: "äé", isBinary: true });
});
