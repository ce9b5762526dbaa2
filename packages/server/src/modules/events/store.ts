import { sql } from "kysely";
import type { Db, Tx } from "#platform/db/database";
import type { EventTables } from "./tables.ts";

export type NewEvent = {
  /** Past tense under our domain: `dev.causeway.run.started`. */
  readonly type: string;
  readonly subject: string;
  readonly principal: string;
  readonly flow?: string;
  readonly data: unknown;
};

/** Written in the caller's transaction: an event tells of something that is committed, or it does not exist. */
export async function recordEvent(tx: Tx, event: NewEvent): Promise<void> {
  const data = JSON.stringify(event.data ?? {});
  await sql`select event_record(${event.type}, ${event.subject}, ${event.principal}, ${event.flow ?? null}, ${data})`.execute(
    tx,
  );
}

/** Where a reader stands; `start` before the first event. */
export type EventCursor = { readonly tx: string; readonly seq: number };
export const start: EventCursor = { tx: "0", seq: 0 };

/** Events after the cursor in commit-safe order. A transaction still open holds back everything that began after it. */
export async function listEvents(db: Db, after: EventCursor, limit: number) {
  return db
    .withTables<EventTables>()
    .selectFrom("event")
    .selectAll()
    .where(sql<boolean>`(tx, seq) > (${after.tx}::xid8, ${after.seq})`)
    .where(sql<boolean>`tx < pg_snapshot_xmin(pg_current_snapshot())`)
    .orderBy("tx")
    .orderBy("seq")
    .limit(limit)
    .execute();
}
