import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyChains } from "#modules/audit";
import { silentLog } from "#platform/log";
import { createQueue } from "#platform/queue";
import { admin } from "#test/app";
import { useDatabase } from "#test/database";
import { effectAction, readMarks } from "#test/run-actions";
import { planOf, startRuns, untilAtRest } from "#test/runs";
import { runQueues } from "../index.ts";
import { claimRun, listClaimable, renewLeases, writeBoundary, writeLive } from "../store/engine.ts";
import { wakeQueue } from "./claim.ts";

const { db, url } = useDatabase({ maxConnections: 20 });
let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "causeway-engine-"));
});
afterAll(() => rm(directory, { recursive: true }));

const twoSteps = planOf([
  { id: "one", action: "test:effect", input: { mark: "one" } },
  { id: "two", action: "test:effect", input: { mark: "two" } },
]);

const marksOf = (name: string): string => join(directory, name);

/** A run that is ready, and nobody to take it. */
async function submitReady(): Promise<string> {
  const control = await startRuns({
    db,
    url,
    actions: [effectAction(marksOf("unused"))],
    role: "control",
  });
  const run = await control.submit(twoSteps, admin, { start: true });
  await control.stop();
  return run.id;
}

const lease = { holder: "worker_test", leaseMs: 60_000 };
const nothing = { stepsDone: 0, steps: [], audit: [], events: [], warnings: [], logs: [] };
const claim = (runId: string, leaseMs = lease.leaseMs) =>
  db.transaction().execute((tx) => claimRun(tx, runId, { ...lease, leaseMs }));

test("a run is claimed once while its lease lasts, and by the next one when it has run out", async () => {
  const runId = await submitReady();
  const claims = await Promise.all([claim(runId), claim(runId), claim(runId)]);
  expect(claims.filter((one) => one !== undefined).map((one) => one?.epoch)).toEqual([1]);

  await renewLeases(db, [{ id: runId, epoch: 1 }], -1_000);
  expect(await listClaimable(db, 1_000)).toContain(runId);
  expect((await claim(runId))?.epoch).toBe(2);
  expect(await listClaimable(db, 1_000)).not.toContain(runId);
});

test("a zombie's boundary, log and lease come to nothing", async () => {
  const runId = await submitReady();
  await claim(runId, -1_000);
  await claim(runId);
  const old = { runId, epoch: 1, boundary: 0, leaseMs: 2_000 };
  const write = {
    ...nothing,
    state: "done" as const,
    steps: [{ id: "one", state: "done" as const, output: {}, undo: {} }],
    audit: [{ verb: "run.done", detail: "{}" }],
  };
  expect(await writeBoundary(db, old, write)).toBe("fenced");
  const line = { seq: 1, at: new Date().toISOString(), stepId: null, level: "info" as const };
  expect(await writeLive(db, old, { lines: [{ ...line, message: "late" }], progress: [] })).toBe(
    false,
  );
  expect(await renewLeases(db, [{ id: runId, epoch: 1 }], 2_000)).toEqual(new Set());
  const { rows } = await sql<{ state: string; steps: string; lines: number }>`
    select r.state, string_agg(s.state, ',' order by s.position) as steps,
           (select count(*) from run_log l where l.run_id = r.id) as lines
      from run r join run_step s on s.run_id = r.id where r.id = ${runId} group by r.id`.execute(
    db,
  );
  expect(rows).toEqual([{ state: "running", steps: "pending,pending", lines: 0 }]);
});

test("a boundary whose answer got lost is written once however often it is sent", async () => {
  const runId = await submitReady();
  await claim(runId);
  const place = { runId, epoch: 1, boundary: 0, leaseMs: 60_000 };
  const write = { ...nothing, stepsDone: 1, audit: [{ verb: "step.done", detail: "{}" }] };
  const answers = [
    await writeBoundary(db, place, write),
    await writeBoundary(db, place, write),
    await writeBoundary(db, { ...place, boundary: 1 }, { ...nothing }),
    await writeBoundary(db, place, write),
  ];
  expect(answers).toEqual(["written", "repeated", "written", "fenced"]);
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from audit_entry
     where chain = ${`run:${runId}`} and entry::json->>'verb' = 'step.done'`.execute(db);
  expect(rows[0]?.count).toBe(1);
});

test("three workers and jobs delivered twice: every run ends once, every effect happens once", async () => {
  const marks = marksOf("crowd");
  const actions = [effectAction(marks)];
  const workers = [
    await startRuns({ db, url, actions }),
    await startRuns({ db, url, actions }),
    await startRuns({ db, url, actions }),
  ];
  const queue = createQueue({ url, log: silentLog, queues: runQueues });
  await queue.start();
  const submitted = await Promise.all(
    Array.from({ length: 24 }, async (_, at) => {
      const run = await workers[at % 3]?.submit(twoSteps, admin, { start: true });
      if (!run) throw new Error("no worker");
      await db.transaction().execute((tx) => queue.send(tx, wakeQueue, { runId: run.id }));
      return run.id;
    }),
  );
  for (const runId of submitted) {
    const run = await untilAtRest(workers[0] ?? raise(), runId);
    expect(run.state).toBe("done");
    await db.transaction().execute((tx) => queue.send(tx, wakeQueue, { runId }));
  }
  await queue.stop();
  for (const worker of workers) await worker.stop();

  const { tried, did } = await readMarks(marks);
  expect(new Set(did).size).toBe(48);
  expect(did).toHaveLength(48);
  expect(tried).toHaveLength(48);
  expect((await verifyChains(db)).faults).toEqual([]);
});

test("a worker that stops leaves its run to the next one, which goes on with the step in flight", async () => {
  const marks = marksOf("handover");
  const gate = marksOf("handover-gate");
  const actions = [effectAction(marks)];
  const first = await startRuns({ db, url, actions });
  const run = await first.submit(
    planOf([{ id: "long", action: "test:effect", input: { mark: "long", until: gate } }]),
    admin,
    { start: true },
  );
  while ((await readMarks(marks)).tried.length === 0) await first.get(run.id);
  await first.stop();
  expect((await first.get(run.id)).state).toBe("running");

  await writeFile(gate, "");
  const second = await startRuns({ db, url, actions });
  const done = await untilAtRest(second, run.id);
  await second.stop();
  expect(done.state).toBe("done");
  expect(done.steps[0]?.attempt).toBe(2);
});

test("a run goes on when every connection to the database was cut meanwhile", async () => {
  const marks = marksOf("cut");
  const gate = marksOf("cut-gate");
  const runs = await startRuns({ db, url, actions: [effectAction(marks)] });
  const run = await runs.submit(
    planOf([
      { id: "long", action: "test:effect", input: { mark: "long", until: gate } },
      { id: "next", action: "test:effect", input: { mark: "next" } },
    ]),
    admin,
    { start: true },
  );
  while ((await readMarks(marks)).tried.length === 0) await runs.get(run.id);
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(db);
  await writeFile(gate, "");
  const done = await untilAtRest(runs, run.id);
  await runs.stop();
  expect(done.state).toBe("done");
  expect((await readMarks(marks)).did).toHaveLength(2);
});

function raise(): never {
  throw new Error("no worker");
}
