// Runs on the embedded PostgreSQL with fsync on. Database, queue, workers and callers share this process's machine.
import { access, chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineAction, noCost, type Plan } from "@causeway/contract";
import { z } from "zod";
import { createRuns, runQueues, type Runs } from "../packages/server/src/modules/runs/index.ts";
import { systemClock } from "../packages/server/src/platform/clock.ts";
import type { CrashPoint } from "../packages/server/src/platform/crash-points.ts";
import {
  openDatabase,
  type Database,
  type Db,
} from "../packages/server/src/platform/db/database.ts";
import { startEmbeddedPostgres } from "../packages/server/src/platform/db/embedded/index.ts";
import { migrate } from "../packages/server/src/platform/db/migrate.ts";
import { createHome } from "../packages/server/src/platform/home.ts";
import { silentLog } from "../packages/server/src/platform/log.ts";
import { createNotifier } from "../packages/server/src/platform/notify.ts";
import { createQueue } from "../packages/server/src/platform/queue.ts";
import { startChild } from "../packages/server/test/child.ts";
import { effectAction, readMarks } from "../packages/server/test/run-actions.ts";
import type { WorkerSetup } from "../packages/server/test/run-worker.ts";
import { quantile, toRow, type Bench, type Row } from "./measure.ts";

const target = "causeway on embedded PostgreSQL, fsync on";
const principal = { ref: "user:default/admin", via: "session", isAdmin: true, groups: [] } as const;

const nothing = defineAction({
  id: "bench:nothing",
  version: 1,
  title: "Do nothing",
  input: z.strictObject({}),
  output: z.strictObject({}),
  undoRecord: z.strictObject({}),
  // Not harmless on purpose: a harmless single step would run inline.
  effects: { writes: [], reads: [], risk: "medium", undo: "restore", cost: "none" },
  preview: async () => ({ summary: "", changes: [], resources: [], cost: noCost, output: {} }),
  execute: async () => ({ output: {}, undo: {} }),
});

function planOf(steps: number): Plan {
  return {
    title: "bench",
    parameters: {},
    output: {},
    steps: Array.from({ length: steps }, (_, at) => ({
      id: `s${at}`,
      action: "bench:nothing",
      input: {},
    })),
  };
}

export const bench: Bench = async (say) => {
  const directory = await mkdtemp(join(tmpdir(), "causeway-bench-"));
  // As root the database runs as another user, who must pass through.
  await chmod(directory, 0o711);
  const home = await createHome(join(directory, "home"));
  const postgres = await startEmbeddedPostgres({ home, log: silentLog });
  const database = openDatabase({ url: postgres.url, maxConnections: 16 });
  try {
    await migrate(database.db);
    const place = { db: database.db, pool: database.pool, url: postgres.url, directory };
    return [
      await measureCommit(place, say),
      await measureBoundary(place, say),
      ...(await measureThroughput(place, say)),
      await measureStart(place, say),
      await measureTakeover(place, say),
    ];
  } finally {
    await database.close();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
};

type Place = {
  readonly db: Db;
  readonly pool: Database["pool"];
  readonly url: string;
  readonly directory: string;
};
type Say = (text: string) => void;

async function withRuns<Result>(
  place: Place,
  options: { readonly crashPoint?: CrashPoint; readonly marks?: string },
  work: (runs: Runs) => Promise<Result>,
): Promise<Result> {
  const { db, url, directory } = place;
  const notifier = createNotifier({ url, log: silentLog });
  const queue = createQueue({ url, log: silentLog, queues: runQueues });
  const runs = createRuns({
    db,
    queue,
    notifier,
    clock: systemClock,
    log: silentLog,
    actions: [nothing, effectAction(options.marks ?? join(directory, "marks"))],
    workspaces: join(directory, "workspaces"),
    crashPoint: options.crashPoint ?? (() => {}),
  });
  await queue.start();
  await runs.worker.start();
  try {
    return await work(runs);
  } finally {
    await runs.worker.stop();
    await queue.stop();
    runs.close();
    await notifier.close();
  }
}

async function runOnce(runs: Runs, steps: number): Promise<void> {
  const run = await runs.submit(planOf(steps), principal, { start: true });
  await runs.untilAtRest(run.id, AbortSignal.timeout(60_000));
}

/** The floor: the smallest durable change on this machine at this hour. Read the other rows against it. */
async function measureCommit({ pool }: Place, say: Say): Promise<Row> {
  const rounds: number[] = [];
  await pool.query("create table bench_commit as select 0 as n");
  for (let round = 0; round < 7; round++) {
    const times: number[] = [];
    for (let commit = 0; commit < 400; commit++) {
      const sentAt = performance.now();
      await pool.query("update bench_commit set n = n + 1");
      times.push(performance.now() - sentAt);
    }
    if (round > 0) rounds.push(quantile(times, 0.5));
    say(`bare commit: p50 ${quantile(times, 0.5).toFixed(2)} ms`);
  }
  return toRow({ lane: "bare commit of one row", target, metric: "p50", unit: "ms" }, rounds);
}

/** From sending a boundary (step state, log, two audit entries, two events) to its answer; the crash points say when. */
async function measureBoundary(place: Place, say: Say): Promise<Row> {
  const rounds: number[] = [];
  let times: number[] = [];
  let sentAt = 0;
  const crashPoint: CrashPoint = (name) => {
    if (name === "runs:boundary:before-commit") sentAt = performance.now();
    if (name === "runs:boundary:after-commit") times.push(performance.now() - sentAt);
  };
  await withRuns(place, { crashPoint }, async (runs) => {
    for (let round = 0; round < 7; round++) {
      times = [];
      for (let run = 0; run < 3; run++) await runOnce(runs, 150);
      // The first warms up.
      if (round > 0) rounds.push(quantile(times, 0.5));
      say(
        `step boundary: p50 ${quantile(times, 0.5).toFixed(2)} ms, p99 ${quantile(times, 0.99).toFixed(2)} ms`,
      );
    }
  });
  return toRow({ lane: "step boundary, one run", target, metric: "p50", unit: "ms" }, rounds);
}

/** Closed loop: each caller submits a plan of three steps, waits for its end, submits the next. */
async function measureThroughput(place: Place, say: Say): Promise<Row[]> {
  return withRuns(place, {}, async (runs) => {
    const rows: Row[] = [];
    for (const callers of [1, 16, 64]) {
      const rounds: number[] = [];
      for (let round = 0; round < 6; round++) {
        const plans = callers === 1 ? 150 : 600;
        const startedAt = performance.now();
        let left = plans;
        const call = async (): Promise<void> => {
          while (left > 0) {
            left -= 1;
            await runOnce(runs, 3);
          }
        };
        await Promise.all(Array.from({ length: callers }, call));
        const perSecond = plans / ((performance.now() - startedAt) / 1_000);
        if (round > 0) rounds.push(perSecond);
        say(`${callers} callers: ${perSecond.toFixed(0)} plans/s`);
      }
      const lane = `three-step plans, ${callers} callers`;
      rows.push(toRow({ lane, target, metric: "plans", unit: "1/s" }, rounds));
    }
    return rows;
  });
}

/** From the start of a previewed run (its preview is made again and compared) to its end. */
async function measureStart(place: Place, say: Say): Promise<Row> {
  const rounds: number[] = [];
  await withRuns(place, {}, async (runs) => {
    for (let round = 0; round < 7; round++) {
      const times: number[] = [];
      for (let run = 0; run < 60; run++) {
        const previewed = await runs.submit(planOf(1), principal);
        const startedAt = performance.now();
        await runs.start(previewed.id, previewed.planHash, principal);
        await runs.untilAtRest(previewed.id, AbortSignal.timeout(60_000));
        times.push(performance.now() - startedAt);
      }
      if (round > 0) rounds.push(quantile(times, 0.5));
      say(`start to done: p50 ${quantile(times, 0.5).toFixed(1)} ms`);
    }
  });
  return toRow({ lane: "start to done, one step", target, metric: "p50", unit: "ms" }, rounds);
}

/** A worker is killed inside a step; another one, running beside it, ends the run. */
async function measureTakeover(place: Place, say: Say): Promise<Row> {
  const rounds: number[] = [];
  const script = new URL("../packages/server/test/run-worker.ts", import.meta.url);
  for (let round = 0; round < 5; round++) {
    const marks = join(place.directory, `marks-${round}`);
    const gate = join(place.directory, `gate-${round}`);
    const setup: WorkerSetup = {
      url: place.url,
      marks,
      workspaces: join(place.directory, "workspaces"),
      leaseMs: 2_000,
      crashAt: undefined,
      submit: {
        plan: {
          ...planOf(1),
          steps: [{ id: "s", action: "test:effect", input: { mark: "m", until: gate } }],
        },
        submissionId: `takeover-${round}`,
        mended: gate,
      },
    };
    const victim = startChild(script, [JSON.stringify(setup)]);
    const { runId } = await victim.waitFor({ event: "submitted" });
    while ((await readMarks(marks)).tried.length === 0) await access(place.directory);
    await withRuns(place, { marks }, async (runs) => {
      await writeFile(gate, "");
      const killedAt = performance.now();
      await victim.kill();
      await runs.untilAtRest(String(runId), AbortSignal.timeout(60_000));
      rounds.push((performance.now() - killedAt) / 1_000);
    });
    say(`takeover after kill -9: ${rounds.at(-1)?.toFixed(2)} s`);
  }
  return toRow(
    { lane: "kill -9 to done by another worker", target, metric: "time", unit: "s" },
    rounds,
  );
}
