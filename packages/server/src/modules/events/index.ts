import type { Db } from "#platform/db/database";
import { listEvents, start, type EventCursor } from "./store.ts";

export { recordEvent, type EventCursor } from "./store.ts";

/** CloudEvents 1.0 in JSON form. */
export type CloudEvent = {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: "application/json";
  readonly principal: string;
  readonly flow?: string;
  readonly data: unknown;
};

export type Events = {
  /** The next events after the cursor, oldest first, and where to go on. */
  read(options: {
    readonly after?: EventCursor;
    readonly limit?: number;
  }): Promise<{ readonly events: readonly CloudEvent[]; readonly cursor: EventCursor }>;
};

export function createEvents(deps: { readonly db: Db }): Events {
  return {
    read: async ({ after = start, limit = 100 }) => {
      const rows = await listEvents(deps.db, after, limit);
      const last = rows.at(-1);
      const events = rows.map((row): CloudEvent => ({
        specversion: "1.0",
        id: String(row.seq),
        source: row.source,
        type: row.type,
        subject: row.subject,
        time: row.time.toISOString(),
        datacontenttype: "application/json",
        principal: row.principal,
        ...(row.flow === null ? {} : { flow: row.flow }),
        data: row.data,
      }));
      return { events, cursor: last ? { tx: last.tx, seq: last.seq } : after };
    },
  };
}
