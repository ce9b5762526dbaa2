import type { AnyAction } from "@causeway/contract";
import type { Clock } from "#platform/clock";
import type { CrashPoint } from "#platform/crash-points";
import type { Db } from "#platform/db/database";
import { newId, sha256 } from "#platform/ids";
import type { Log } from "#platform/log";
import type { Notifier } from "#platform/notify";
import type { Queue } from "#platform/queue";
import type { Routes } from "../../http/app.ts";
import { createWorker, wakeQueue, workerDefaults, type WorkerOptions } from "./engine/claim.ts";
import { createSignals } from "./engine/signals.ts";
import { createRegistry } from "./registry.ts";
import { runRoutes } from "./routes.ts";
import { createRunService, type RunService } from "./service.ts";

export type { RunService } from "./service.ts";
export { filters as expressionFilters } from "./filters.ts";

/** For `createQueue`. */
export const runQueues: readonly string[] = [wakeQueue];

export type RunsDeps = {
  readonly db: Db;
  /** Started before `worker.start()` and before the first submission. */
  readonly queue: Queue;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly log: Log;
  readonly actions: readonly AnyAction[];
  /** Directory of the runs' workspaces. */
  readonly workspaces: string;
  readonly crashPoint: CrashPoint;
  readonly worker?: Partial<Omit<WorkerOptions, "holder">>;
};

export type Runs = RunService & {
  readonly routes: Routes;
  /** Takes runs between `start` and `stop`; a process without the role never starts it. */
  readonly worker: { start(): Promise<void>; stop(): Promise<void> };
  close(): void;
};

export function createRuns(deps: RunsDeps): Runs {
  const registry = createRegistry(deps.actions, sha256);
  const signals = createSignals(deps);
  const shared = { ...deps, registry, signals };
  const options = { ...workerDefaults, ...deps.worker, holder: newId("worker") };
  const worker = createWorker(shared, options);
  const service = createRunService({ ...shared, worker });
  return {
    ...service,
    routes: runRoutes({ service, signals, registry, log: deps.log }),
    worker: { start: () => worker.start(), stop: () => worker.stop() },
    close: () => signals.close(),
  };
}
