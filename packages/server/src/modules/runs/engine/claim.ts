import type { Queue } from "#platform/queue";
import { listClaimable, releaseLeases } from "../store/engine.ts";
import { createHeldRuns } from "./held-runs.ts";
import type { EngineDeps } from "./run.ts";
import { removeLeftWorkspaces } from "./workspace-store.ts";

// Who works on which run. A claim raises the run's epoch, so two workers never both write. The lease only decides when
// a silent holder counts as dead, in the database's time: a run is taken over at most leaseMs + sweepMs after kill -9.

export const wakeQueue = "run-wake";

export type WorkerOptions = {
  /** Unique for this process. */
  readonly holder: string;
  readonly leaseMs: number;
  readonly sweepMs: number;
  readonly maxRuns: number;
};
export const workerDefaults = { leaseMs: 2_000, sweepMs: 500, maxRuns: 64 } as const;

export type Worker = {
  /** Takes runs from now on: those it is woken for and those that lie about. */
  start(): Promise<void>;
  /** Stops what runs here and leaves it for others. */
  stop(): Promise<void>;
  /** After the commit that made a run ready: takes it, or tells those who take runs. */
  wake(runId: string): void;
  /** Takes this run now, whatever else runs here; resolves when this process does not hold it any more. */
  runNow(runId: string): Promise<void>;
};

export function createWorker(
  deps: EngineDeps & { readonly queue: Queue },
  options: WorkerOptions,
): Worker {
  const waiting = new Set<string>();
  let isTaking = false;
  let sweeping: NodeJS.Timeout | undefined;
  let stopListening = (): void => {};

  const takeWaiting = (): void => {
    for (const runId of waiting) {
      if (!isTaking || held.size >= options.maxRuns) return;
      waiting.delete(runId);
      void held.take(runId);
    }
  };
  const held = createHeldRuns(deps, { ...options, onRoom: takeWaiting });
  const offer = (runId: string): void => {
    waiting.add(runId);
    takeWaiting();
  };
  const sweep = async (): Promise<void> => {
    try {
      const room = options.maxRuns - held.size - waiting.size;
      const found = room > 0 ? await listClaimable(deps.db, room) : [];
      for (const runId of found) if (!held.isAvoided(runId)) waiting.add(runId);
      takeWaiting();
    } catch (error) {
      deps.log.warn({ error: String(error) }, "no look for left runs");
    }
    if (isTaking) sweeping = setTimeout(() => void sweep(), options.sweepMs);
  };
  return {
    start: async () => {
      isTaking = true;
      stopListening = deps.signals.onReady(offer);
      await deps.queue.work(wakeQueue, async (jobs) => {
        for (const job of jobs) if ("runId" in job) offer(String(job.runId));
      });
      await sweep();
      await removeLeftWorkspaces(deps).catch((error: unknown) => {
        deps.log.warn({ err: error }, "left workspaces not removed");
      });
    },
    stop: async () => {
      isTaking = false;
      stopListening();
      clearTimeout(sweeping);
      await held.stop();
      await releaseLeases(deps.db, options.holder);
    },
    wake: (runId) => {
      if (isTaking && held.size < options.maxRuns) offer(runId);
      else deps.signals.ready(runId);
    },
    runNow: (runId) => held.take(runId),
  };
}
