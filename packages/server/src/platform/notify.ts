import { sql } from "kysely";
import { Client, escapeIdentifier } from "pg";
import type { Db, Tx } from "./db/database.ts";
import type { Log } from "./log.ts";

/** Signals between processes over PostgreSQL's LISTEN/NOTIFY. A signal says "look again", never carries truth: it may be
 *  lost when the connection breaks, so every listener also looks after `onReconnect`. */
export type Notifier = {
  /** Sent when the transaction commits. */
  publish(db: Db | Tx, channel: string, payload?: string): Promise<void>;
  subscribe(channel: string, listener: (payload: string) => void): () => void;
  close(): Promise<void>;
};

export function createNotifier(options: { readonly url: string; readonly log: Log }): Notifier {
  const listeners = new Map<string, Set<(payload: string) => void>>();
  const connection = keepListening(options, listeners);
  return {
    publish: async (db, channel, payload = "") => {
      await sql`select pg_notify(${channel}, ${payload})`.execute(db);
    },
    subscribe: (channel, listener) => {
      const set = listeners.get(channel) ?? new Set();
      listeners.set(channel, set);
      set.add(listener);
      if (set.size === 1) connection.say("listen", channel);
      return () => {
        if (!set.delete(listener) || set.size > 0) return;
        listeners.delete(channel);
        connection.say("unlisten", channel);
      };
    },
    close: () => connection.close(),
  };
}

type Listeners = Map<string, Set<(payload: string) => void>>;

/** One dedicated connection that comes back by itself; after a break every listener is called with `""`. */
function keepListening(options: { readonly url: string; readonly log: Log }, listeners: Listeners) {
  let client: Client | undefined;
  let isClosed = false;
  let retry: NodeJS.Timeout | undefined;

  // One statement after the other: pg allows no second one while the first is under way.
  let last: Promise<unknown> = Promise.resolve();
  const say = (verb: "listen" | "unlisten", channel: string): void => {
    const current = client;
    last = last
      .then(() => current?.query(`${verb} ${escapeIdentifier(channel)}`))
      .catch(() => {
        // The connection is going down; connect() listens again for every channel.
      });
  };

  const connect = async (): Promise<void> => {
    const next = new Client({
      connectionString: options.url,
      application_name: "causeway listen",
    });
    next.on("error", (error) =>
      options.log.warn({ error: error.message }, "listen connection broke"),
    );
    next.on("end", () => {
      client = undefined;
      if (!isClosed) retry = setTimeout(() => void connect(), 500);
    });
    next.on("notification", (message) => {
      for (const listener of listeners.get(message.channel) ?? []) listener(message.payload ?? "");
    });
    try {
      await next.connect();
    } catch {
      if (!isClosed) retry = setTimeout(() => void connect(), 500);
      return;
    }
    client = next;
    for (const channel of listeners.keys()) say("listen", channel);
    for (const set of listeners.values()) for (const listener of set) listener("");
  };
  const first = connect();

  return {
    say,
    close: async () => {
      isClosed = true;
      clearTimeout(retry);
      await first;
      await client?.end();
    },
  };
}
