import { PgBoss, fromKysely, type Job } from "pg-boss";
import type { Tx } from "./db/database.ts";
import type { Log } from "./log.ts";

/** Jobs on pg-boss. A job only wakes somebody up: what is to be done stands in the caller's own tables, so a job may
 *  come twice, late, or (when its queue was emptied) not at all. */
export type Queue = {
  start(): Promise<void>;
  /** Waits for handlers in flight. */
  stop(): Promise<void>;
  /** Written in the caller's transaction: the job exists when and only when it commits. */
  send(tx: Tx, name: string, data: object): Promise<void>;
  /** Hands jobs over as they come; a handler that throws gets the batch again later. */
  work(name: string, handler: (jobs: readonly object[]) => Promise<void>): Promise<void>;
};

/** `queues` are made known at the start. */
export function createQueue(options: {
  readonly url: string;
  readonly log: Log;
  readonly queues: readonly string[];
}): Queue {
  const boss = new PgBoss({
    connectionString: options.url,
    application_name: "causeway queue",
    max: 4,
    // Nothing here is scheduled by cron yet.
    schedule: false,
  });
  boss.on("error", (error) => options.log.warn({ error: error.message }, "queue"));
  return {
    start: async () => {
      await boss.start();
      for (const name of options.queues) await boss.createQueue(name, queueSettings);
    },
    stop: () => boss.stop({ graceful: true, timeout: 5_000 }),
    send: async (tx, name, data) => {
      await boss.send(name, data, { db: fromKysely(tx) });
    },
    work: async (name, handler) => {
      await boss.work(name, workSettings, async (jobs: Job[]) => {
        await handler(jobs.map((job) => job.data));
      });
    },
  };
}

// No `notify`: PostgreSQL lets one notifying transaction commit at a time, for the whole database, so every submission
// would queue behind the others' fsync (it was the first wait at 64 callers). Who wants to be quick signals after commit.
const queueSettings = {
  retryLimit: 10,
  expireInSeconds: 60,
  // A job of a wake-up tells nothing once it is done.
  deleteAfterSeconds: 3_600,
} as const;

// A batch size of 1 would ignore burstWhenBatchFull and drain a backlog at 6 jobs/s (2 cores, November 2026).
const workSettings = {
  batchSize: 64,
  burstWhenBatchFull: true,
  pollingIntervalSeconds: 1,
} as const;
