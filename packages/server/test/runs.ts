/** A `runs` module over a test's database, with its own queue and notifier. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRunAtRest, type AnyAction, type Plan, type RunView } from "@causeway/contract";
import { createRuns, runQueues, type Runs, type RunsDeps } from "#modules/runs";
import { systemClock } from "#platform/clock";
import { noCrashPoint, type CrashPoint } from "#platform/crash-points";
import { isPassing } from "#platform/db/passing-errors";
import type { Db } from "#platform/db/database";
import { silentLog } from "#platform/log";
import { createNotifier } from "#platform/notify";
import { createQueue } from "#platform/queue";

export type TestRuns = Runs & { readonly workspaces: string; stop(): Promise<void> };

export async function startRuns(options: {
  readonly db: Db;
  readonly url: string;
  readonly actions: readonly AnyAction[];
  readonly role?: "worker" | "control";
  readonly crashPoint?: CrashPoint;
  readonly worker?: RunsDeps["worker"];
}): Promise<TestRuns> {
  const { db, url, actions } = options;
  const workspaces = await mkdtemp(join(tmpdir(), "causeway-runs-"));
  const notifier = createNotifier({ url, log: silentLog });
  const queue = createQueue({ url, log: silentLog, queues: runQueues });
  const runs = createRuns({
    db,
    queue,
    notifier,
    clock: systemClock,
    log: silentLog,
    actions,
    workspaces,
    crashPoint: options.crashPoint ?? noCrashPoint,
    ...(options.worker === undefined ? {} : { worker: options.worker }),
  });
  await queue.start();
  if (options.role !== "control") await runs.worker.start();
  return {
    ...runs,
    workspaces,
    stop: async () => {
      await runs.worker.stop();
      await queue.stop();
      runs.close();
      await notifier.close();
      await rm(workspaces, { recursive: true, force: true });
    },
  };
}

/** Follows a run until nothing moves any more. */
export async function untilAtRest(runs: Pick<Runs, "get">, runId: string): Promise<RunView> {
  for (;;) {
    // A test may cut the connections of who looks, too.
    const run = await runs.get(runId).catch((error: unknown) => {
      if (!isPassing(error)) throw error;
    });
    if (run && isRunAtRest(run.state)) return run;
    await new Promise((resolve) => {
      setTimeout(resolve, 15);
    });
  }
}

type LooseStep = Partial<Plan["steps"][number]> & { readonly id: string; readonly action: string };

export function planOf(
  steps: readonly LooseStep[],
  others: Partial<Omit<Plan, "steps">> = {},
): Plan {
  return {
    title: "A test",
    parameters: {},
    output: {},
    ...others,
    steps: steps.map((step) => ({ input: {}, ...step })),
  };
}
