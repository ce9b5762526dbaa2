import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyChains } from "#modules/audit";
import { sql } from "kysely";
import { admin } from "#test/app";
import { startChild, type Child } from "#test/child";
import { useDatabase } from "#test/database";
import { effectAction, flakyAction, readMarks } from "#test/run-actions";
import type { WorkerSetup } from "#test/run-worker";
import { planOf, startRuns, untilAtRest } from "#test/runs";

const { db, url } = useDatabase();
const script = new URL("../../../../test/run-worker.ts", import.meta.url);
let directory = "";
const children = new Set<Child>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "causeway-fault-"));
});
afterAll(async () => {
  await Promise.all([...children].map((child) => child.kill()));
  await rm(directory, { recursive: true });
});

type Case = { readonly marks: string; readonly setup: WorkerSetup };

/** Two steps side by side, one after them that fails until it is mended, one at the end. */
async function makeCase(name: string, crashAt: string | undefined): Promise<Case> {
  const folder = join(directory, name.replaceAll(/\W/g, "_"));
  await mkdir(folder, { recursive: true });
  const marks = join(folder, "marks");
  const mended = join(folder, "mended");
  const plan = planOf([
    { id: "left", action: "test:effect", input: { mark: "left", logLines: 3 }, dependsOn: [] },
    { id: "right", action: "test:effect", input: { mark: "right" }, dependsOn: [] },
    { id: "flaky", action: "test:flaky", input: { mended }, dependsOn: ["left", "right"] },
    { id: "last", action: "test:effect", input: { mark: "${{ steps.left.output.key }}" } },
  ]);
  const setup: WorkerSetup = {
    url,
    marks,
    workspaces: join(folder, "workspaces"),
    leaseMs: 400,
    crashAt,
    submit: { plan, submissionId: `submission-${name}`, mended },
  };
  return { marks, setup };
}

function start(setup: WorkerSetup): Child {
  const child = startChild(script, [JSON.stringify(setup)]);
  children.add(child);
  return child;
}

/** Starts it again until it gets to the end; answers the run's id. */
async function runToTheEnd(setup: WorkerSetup): Promise<string> {
  const child = start(setup);
  const ended = await child.waitFor({ event: "ended" });
  await child.kill();
  expect(ended["state"]).toBe("done");
  return String(ended["runId"]);
}

async function countVerbs(runId: string): Promise<Record<string, number>> {
  const { rows } = await sql<{ verb: string; count: number }>`
    select entry::json->>'verb' || coalesce(' ' || (entry::json->'detail'->>'step'), '') as verb, count(*) as count
      from audit_entry where chain = ${`run:${runId}`} group by 1`.execute(db);
  return Object.fromEntries(rows.map((row) => [row.verb, row.count]));
}

/** What holds however often the run was interrupted. */
async function expectWhole(runId: string, marks: string): Promise<void> {
  const effects = ["left", "right", "last"].map((step) => `${runId}:${step}:forward`);
  expect((await readMarks(marks)).did.toSorted()).toEqual(effects.toSorted());
  expect((await verifyChains(db)).faults).toEqual([]);
  const verbs = await countVerbs(runId);
  expect(verbs).toMatchObject({
    "run.submitted": 1,
    "run.started": 1,
    "run.retried": 1,
    "run.done": 1,
    "step.done left": 1,
    "step.done right": 1,
    "step.done flaky": 1,
    "step.done last": 1,
  });
  const { rows } = await sql<{ message: string }>`
    select message from run_log where run_id = ${runId} and step_id = 'left' order by seq`.execute(
    db,
  );
  expect(rows.slice(-3).map((row) => row.message)).toEqual([
    "line 1 of left",
    "line 2 of left",
    "line 3 of left",
  ]);
}

/** All of them when the long forms are asked for; else one of each name, each day another one. */
function sample(points: readonly string[]): readonly string[] {
  if (process.env["CAUSEWAY_VERIFY"] === "1") return points;
  const seed = Number(process.env["CAUSEWAY_SEED"] ?? Math.floor(Date.now() / 86_400_000));
  const byName = Map.groupBy(points, (point) => point.split("#")[0]);
  const chosen = [...byName.values()].map((same, at) => same[(seed + at) % same.length] ?? "");
  process.stdout.write(`crash points, CAUSEWAY_SEED=${seed}: ${chosen.join(" ")}\n`);
  return chosen;
}

/** Every place where the undisturbed run passes a crash point, as `name#n`. */
async function learnCrashPoints(): Promise<string[]> {
  const record = join(directory, "crash-points");
  const { marks, setup } = await makeCase("undisturbed", `record:${record}`);
  await expectWhole(await runToTheEnd(setup), marks);
  const seen = new Map<string, number>();
  return (await readFile(record, "utf8"))
    .trim()
    .split("\n")
    .map((name) => {
      seen.set(name, (seen.get(name) ?? 0) + 1);
      return `${name}#${seen.get(name)}`;
    });
}

test("killed at any crash point and started again, a run ends with each effect once", async () => {
  const points = await learnCrashPoints();
  expect(new Set(points.map((point) => point.split("#")[0]))).toEqual(
    new Set([
      ...["submit", "start", "retry", "claim", "boundary", "finish"].flatMap((at) => [
        `runs:${at}:before-commit`,
        `runs:${at}:after-commit`,
      ]),
      "runs:step:before-execute",
      "runs:step:after-execute",
      "test:effect:before",
      "test:effect:after",
    ]),
  );
  const unreached: string[] = [];
  for (const point of sample(points)) {
    const { marks, setup } = await makeCase(point, point);
    const victim = start(setup);
    const end = await victim.waitFor({ event: "ended" }).catch(() => "killed");
    await victim.kill();
    if (end !== "killed") unreached.push(point);
    const runId = await runToTheEnd({ ...setup, crashAt: undefined });
    await expectWhole(runId, marks).catch((error: unknown) => {
      throw new Error(`after a kill at ${point}`, {
        cause: error,
      });
    });
  }
  // Two steps that run side by side end in one boundary or in two.
  expect(unreached.filter((point) => !point.startsWith("runs:boundary:"))).toEqual([]);
}, 600_000);

test("a worker that is frozen beyond its lease and wakes up again changes nothing any more", async () => {
  const folder = join(directory, "frozen");
  await mkdir(folder);
  const marks = join(folder, "marks");
  const gate = join(folder, "gate");
  const workspaces = join(folder, "workspaces");
  const plan = planOf([
    { id: "first", action: "test:effect", input: { mark: "first", until: gate } },
    { id: "second", action: "test:effect", input: { mark: "second" } },
  ]);
  const frozen = start({ url, marks, workspaces, leaseMs: 400, crashAt: undefined });
  await frozen.waitFor({ event: "started" });
  const actions = [effectAction(marks), flakyAction];
  const control = await startRuns({ db, url, actions, role: "control" });
  const run = await control.submit(plan, admin, { start: true });
  while ((await readMarks(marks)).tried.length === 0) await control.get(run.id);

  process.kill(frozen.pid, "SIGSTOP");
  const other = await startRuns({ db, url, actions, worker: { leaseMs: 400, sweepMs: 100 } });
  while ((await readMarks(marks)).tried.length === 1) await control.get(run.id);
  await writeFile(gate, "");
  const done = await untilAtRest(control, run.id);
  const before = await countVerbs(run.id);
  process.kill(frozen.pid, "SIGCONT");

  // The awakened worker is alive and takes part again: it ends a second run alone.
  await other.stop();
  const next = await control.submit(
    planOf([{ id: "only", action: "test:effect", input: { mark: "only" } }]),
    admin,
    { start: true },
  );
  expect((await untilAtRest(control, next.id)).state).toBe("done");
  await control.stop();
  await frozen.kill();

  expect(done.state).toBe("done");
  expect(await countVerbs(run.id)).toEqual(before);
  expect(before).toMatchObject({
    "step.started first": 2,
    "step.done first": 1,
    "step.done second": 1,
    "run.done": 1,
  });
  const did = (await readMarks(marks)).did.filter((key) => key.startsWith(run.id));
  expect(did).toEqual([`${run.id}:first:forward`, `${run.id}:second:forward`]);
  expect((await verifyChains(db)).faults).toEqual([]);
});
