import type { Db } from "#platform/db/database";
import type { Log } from "#platform/log";
import type { Notifier } from "#platform/notify";

/** "Look at this run again", to watchers in this process at once and to those in others a moment later. */
export type RunSignals = {
  changed(runId: string): void;
  watch(runId: string, listener: () => void): () => void;
  close(): void;
};

const channel = "causeway_run";
/** PostgreSQL takes one commit that notifies at a time, for the whole database. So boundaries do not notify; their
 *  signals are collected and sent outside. */
const collectMs = 40;
/** A payload holds at most 8,000 bytes. */
const idsPerPayload = 200;

export function createSignals(deps: {
  readonly db: Db;
  readonly notifier: Notifier;
  readonly log: Log;
}): RunSignals {
  const listeners = new Map<string, Set<() => void>>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const tell = (runId: string): void => {
    for (const listener of listeners.get(runId) ?? []) listener();
  };
  const unsubscribe = deps.notifier.subscribe(channel, (payload) => {
    // Empty after a broken connection: anything may have happened.
    for (const runId of payload === "" ? listeners.keys() : payload.split(",")) tell(runId);
  });
  const send = async (): Promise<void> => {
    const ids = [...changed];
    changed.clear();
    for (let first = 0; first < ids.length; first += idsPerPayload) {
      await deps.notifier.publish(deps.db, channel, ids.slice(first, first + idsPerPayload).join());
    }
  };
  return {
    changed: (runId) => {
      tell(runId);
      changed.add(runId);
      timer ??= setTimeout(() => {
        timer = undefined;
        send().catch((error: unknown) => deps.log.warn({ err: error }, "run signals not sent"));
      }, collectMs);
    },
    watch: (runId, listener) => {
      const set = listeners.get(runId) ?? new Set();
      listeners.set(runId, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(runId);
      };
    },
    close: () => {
      clearTimeout(timer);
      unsubscribe();
    },
  };
}

export type Bell = {
  ring(this: void): void;
  /** Until it rings, the time is over or the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
};

/** Remembers a ring until somebody waits, so that none falls between reading and waiting. */
export function createBell(): Bell {
  let hasRung = false;
  let answer = (): void => {};
  return {
    ring: (): void => {
      hasRung = true;
      answer();
    },
    wait: async (ms: number, signal: AbortSignal): Promise<void> => {
      if (!hasRung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          const onGone = (): void => resolve();
          signal.addEventListener("abort", onGone, { once: true });
          answer = () => {
            clearTimeout(timer);
            signal.removeEventListener("abort", onGone);
            resolve();
          };
        });
      }
      hasRung = false;
      answer = () => {};
    },
  };
}
