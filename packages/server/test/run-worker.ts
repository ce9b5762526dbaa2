/** Run by fault tests: brings one plan to its end as its submitter and its worker, to be killed anywhere on the way and
 *  started again. argv[2] is a `WorkerSetup` as JSON. */
import { appendFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import type { Plan } from "@causeway/contract";
import { createRuns, runQueues } from "#modules/runs";
import { systemClock } from "#platform/clock";
import { crashPointFrom } from "#platform/crash-points";
import { openDatabase } from "#platform/db/database";
import { silentLog } from "#platform/log";
import { createNotifier } from "#platform/notify";
import { createQueue } from "#platform/queue";
import { admin } from "./app.ts";
import { effectAction, flakyAction } from "./run-actions.ts";
import { untilAtRest } from "./runs.ts";

export type WorkerSetup = {
  readonly url: string;
  readonly marks: string;
  readonly workspaces: string;
  readonly leaseMs: number;
  /** As `CAUSEWAY_CRASH_AT`. */
  readonly crashAt: string | undefined;
  /** Absent: takes whatever it finds. */
  readonly submit?: { readonly plan: Plan; readonly submissionId: string; readonly mended: string };
};

const setup = JSON.parse(process.argv[2] ?? "{}") as WorkerSetup; // the test wrote it
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const { db } = openDatabase({ url: setup.url, maxConnections: 5 });
const queue = createQueue({ url: setup.url, log: silentLog, queues: runQueues });
const runs = createRuns({
  db,
  queue,
  notifier: createNotifier({ url: setup.url, log: silentLog }),
  clock: systemClock,
  log: silentLog,
  actions: [effectAction(setup.marks), flakyAction],
  workspaces: setup.workspaces,
  crashPoint: crashPointFrom(setup.crashAt, {
    kill: () => process.kill(process.pid, "SIGKILL"),
    record: (file, name) => appendFileSync(file, `${name}\n`),
  }),
  worker: { leaseMs: setup.leaseMs, sweepMs: 100 },
});
await queue.start();
await runs.worker.start();
say({ event: "started" });

if (setup.submit) {
  const { plan, submissionId, mended } = setup.submit;
  const submitted = await runs.submit(plan, admin, { submissionId });
  say({ event: "submitted", runId: submitted.id });
  if (submitted.state === "previewed") {
    await runs.start(submitted.id, submitted.planHash, admin);
  }
  let run = await untilAtRest(runs, submitted.id);
  if (run.state === "failed") {
    await writeFile(mended, "");
    await runs.retry(run.id, admin);
    run = await untilAtRest(runs, run.id);
  }
  say({ event: "ended", runId: run.id, state: run.state });
}
