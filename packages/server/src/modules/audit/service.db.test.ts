import { canonicalJson } from "@causeway/contract";
import * as fc from "fast-check";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { useDatabase } from "#test/database";
import { appendAudit, listAudit, verifyChains } from "./service.ts";

const { db } = useDatabase();

async function append(chain: string, subjects: readonly string[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const subject of subjects) {
      await appendAudit(tx, { chain, actor: "user:default/admin", verb: "thing.done", subject });
    }
  });
}

/** Runs tampering as only the table's owner can: with the triggers switched off. */
async function tamper(statement: ReturnType<typeof sql>): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx);
    await statement.execute(tx);
  });
}

test("entries are appended once and never changed, removed or emptied", async () => {
  await append("closed", ["a", "b"]);
  for (const statement of [
    sql`update audit_entry set entry = '{}' where chain = 'closed'`,
    sql`delete from audit_entry where chain = 'closed'`,
    sql`truncate audit_entry`,
  ]) {
    await expect(statement.execute(db)).rejects.toThrow("audit entries are only ever appended");
  }
  expect((await verifyChains(db)).faults).toEqual([]);
});

test("an entry's text is canonical JSON for whatever it is told", async () => {
  const text = fc.string({ unit: "grapheme" }).map((value) => value.replaceAll("\0", ""));
  await fc.assert(
    fc.asyncProperty(text, fc.jsonValue(), async (word, detail) => {
      const told = JSON.parse(JSON.stringify(detail)) as never; // any JSON
      await db
        .transaction()
        .execute((tx) =>
          appendAudit(tx, { chain: "odd", actor: word, verb: "v", subject: word, detail: told }),
        );
    }),
    { numRuns: 60, seed: 7400 },
  );
  const { rows } = await sql<{ entry: string }>`select entry from audit_entry`.execute(db);
  for (const { entry } of rows) expect(canonicalJson(JSON.parse(entry))).toBe(entry);
  expect((await verifyChains(db)).faults).toEqual([]);
});

test("appends to one chain at the same time stand in one order", async () => {
  await Promise.all(Array.from({ length: 8 }, (_, at) => append("busy", [`${at}`, `${at}`])));
  const { items } = await listAudit(db, { chain: "busy", limit: 100, before: undefined });
  expect(items.map((entry) => entry.seq).toReversed()).toEqual(
    Array.from({ length: 16 }, (_, at) => at + 1),
  );
  expect((await verifyChains(db)).faults).toEqual([]);
});

test.each([
  [
    "an edited text",
    (chain: string) =>
      sql`update audit_entry set entry = replace(entry, '"b"', '"x"') where chain = ${chain} and seq = 2`,
    [{ seq: 2, kind: "edited" }],
  ],
  [
    "an edited text with a fitting hash",
    (chain: string) =>
      sql`update audit_entry set entry = replace(entry, '"b"', '"x"'),
            hash = encode(sha256(convert_to(replace(entry, '"b"', '"x"'), 'UTF8')), 'hex')
          where chain = ${chain} and seq = 2`,
    [{ seq: 3, kind: "edited" }],
  ],
  [
    "a removed entry",
    (chain: string) => sql`delete from audit_entry where chain = ${chain} and seq in (2, 3)`,
    [{ seq: 4, kind: "missing" }],
  ],
  [
    "a cut end",
    (chain: string) => sql`delete from audit_entry where chain = ${chain} and seq > 2`,
    [{ seq: 3, kind: "cut" }],
  ],
  [
    "a removed head",
    (chain: string) => sql`delete from audit_head where chain = ${chain}`,
    [{ seq: 4, kind: "edited" }],
  ],
])("%s is located", async (name, statement, faults) => {
  const chain = `tampered:${name}`;
  await append(chain, ["a", "b", "c", "d"]);
  await tamper(statement(chain));
  const found = (await verifyChains(db)).faults.filter((fault) => fault.chain === chain);
  expect(found.map(({ seq, kind }) => ({ seq, kind }))).toEqual(faults);
});

test("entries that changed places are located", async () => {
  await append("swapped", ["a", "b", "c", "d"]);
  // A place is unique within a chain: 2 and 3 change over a free one.
  for (const [from, to] of [
    [2, 99],
    [3, 2],
    [99, 3],
  ]) {
    await tamper(sql`update audit_entry set seq = ${to} where chain = 'swapped' and seq = ${from}`);
  }
  const found = (await verifyChains(db)).faults.filter((fault) => fault.chain === "swapped");
  expect(found.map(({ seq, kind }) => ({ seq, kind }))).toEqual([
    { seq: 2, kind: "moved" },
    { seq: 3, kind: "moved" },
    { seq: 4, kind: "edited" },
  ]);
});
