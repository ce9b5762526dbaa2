import type { Db } from "#platform/db/database";
import type { Log } from "#platform/log";
import type { Notifier } from "#platform/notify";

/** What one process tells the others about runs. Never the truth, which is read from the tables; it may be lost. */
export type RunSignals = {
  /** "Look at this run again": to watchers in this process at once, to those in others a moment later. */
  changed(runId: string): void;
  watch(runId: string, listener: () => void): () => void;
  /** "Who takes runs may take this one." */
  ready(runId: string): void;
  onReady(listener: (runId: string) => void): () => void;
  close(): void;
};

type SignalDeps = { readonly db: Db; readonly notifier: Notifier; readonly log: Log };

export function createSignals(deps: SignalDeps): RunSignals {
  const listeners = new Map<string, Set<() => void>>();
  const tell = (runId: string): void => {
    for (const listener of listeners.get(runId) ?? []) listener();
  };
  const changes = openChannel(deps, "causeway_run");
  const readiness = openChannel(deps, "causeway_run_ready");
  const unsubscribe = changes.subscribe((runIds) => {
    // None after a broken connection: anything may have happened.
    for (const runId of runIds.length === 0 ? listeners.keys() : runIds) tell(runId);
  });
  return {
    changed: (runId) => {
      tell(runId);
      changes.send(runId);
    },
    watch: (runId, listener) => {
      const set = listeners.get(runId) ?? new Set();
      listeners.set(runId, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(runId);
      };
    },
    ready: (runId) => readiness.send(runId),
    onReady: (listener) =>
      readiness.subscribe((runIds) => {
        for (const runId of runIds) listener(runId);
      }),
    close: () => {
      unsubscribe();
      changes.close();
      readiness.close();
    },
  };
}

/** PostgreSQL lets one notifying transaction commit at a time, for the whole database. So no transaction that matters
 *  notifies: signals are collected and sent outside of them. */
const collectMs = 20;
/** A payload holds at most 8,000 bytes. */
const idsPerPayload = 200;

function openChannel({ db, notifier, log }: SignalDeps, channel: string) {
  const collected = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const flush = async (): Promise<void> => {
    timer = undefined;
    const ids = [...collected];
    collected.clear();
    try {
      for (let first = 0; first < ids.length; first += idsPerPayload) {
        await notifier.publish(db, channel, ids.slice(first, first + idsPerPayload).join());
      }
    } catch (error) {
      log.warn({ err: error }, "run signals not sent");
    }
  };
  return {
    send: (runId: string): void => {
      collected.add(runId);
      timer ??= setTimeout(() => void flush(), collectMs);
    },
    subscribe: (listener: (runIds: readonly string[]) => void): (() => void) =>
      notifier.subscribe(channel, (payload) => listener(payload === "" ? [] : payload.split(","))),
    close: (): void => clearTimeout(timer),
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
