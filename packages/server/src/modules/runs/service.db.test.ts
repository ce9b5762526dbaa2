import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConflictError, InvalidError } from "@causeway/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { verifyChains } from "#modules/audit";
import { createEvents } from "#modules/events";
import { systemClock } from "#platform/clock";
import { admin, developer } from "#test/app";
import { useDatabase } from "#test/database";
import { effectAction, failingAction, refusingAction, setAction } from "#test/run-actions";
import { planOf, startRuns, untilAtRest, type TestRuns } from "#test/runs";
import { removeLeftWorkspaces } from "./engine/workspace-store.ts";

const { db, url } = useDatabase();
const values = new Map<string, string>();
const failures: Error[] = [];
let runs: TestRuns;
let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "causeway-marks-"));
  const actions = [
    effectAction(join(directory, "marks")),
    setAction(values),
    failingAction(failures),
    refusingAction,
  ];
  runs = await startRuns({ db, url, actions });
});
afterAll(async () => {
  await runs.stop();
  await rm(directory, { recursive: true });
});

const threeSteps = planOf(
  [
    { id: "one", action: "test:effect", input: { mark: "${{ parameters.mark }}" } },
    { id: "two", action: "test:effect", input: { mark: "${{ steps.one.output.mark }}2" } },
    { id: "three", action: "test:effect", input: { mark: "${{ steps.two.output.key }}" } },
  ],
  {
    parameters: { mark: "m" },
    output: {
      links: [{ title: "See ${{ steps.one.output.mark }}", url: "https://example.test" }],
      mark: "${{ steps.two.output.mark }}",
    },
  },
);

test("a previewed plan starts under its hash, hands outputs on and renders its output", async () => {
  const previewed = await runs.submit(threeSteps, admin);
  expect(previewed.state).toBe("previewed");
  expect(previewed.preview?.policy).toBe("not evaluated");
  expect(previewed.preview?.steps.map((step) => step.kind)).toEqual(["known", "known", "unknown"]);

  await runs.start(previewed.id, previewed.planHash, admin);
  const done = await untilAtRest(runs, previewed.id);
  expect(done.state).toBe("done");
  expect(done.steps.map((step) => [step.id, step.state, step.attempt])).toEqual([
    ["one", "done", 1],
    ["two", "done", 1],
    ["three", "done", 1],
  ]);
  expect(done.steps[2]?.output).toMatchObject({ mark: `${done.id}:two:forward` });
  expect(done.output).toEqual({
    links: [{ title: "See m", url: "https://example.test" }],
    text: [],
    values: { mark: "m2" },
  });
  expect(done.changes.map((change) => change.ref)).toEqual(["m", "m2"]);
});

test("every step boundary leaves its audit entries and events, and the chain verifies", async () => {
  const run = await runs.submit(threeSteps, admin, { start: true });
  await untilAtRest(runs, run.id);
  const verification = await verifyChains(db);
  expect(verification.faults).toEqual([]);
  const { events } = await createEvents({ db }).read({ limit: 1_000 });
  expect(events.filter((event) => event.subject === run.id).map((event) => event.type)).toEqual([
    "dev.causeway.run.submitted",
    "dev.causeway.run.started",
    "dev.causeway.step.started",
    "dev.causeway.step.done",
    "dev.causeway.step.started",
    "dev.causeway.step.done",
    "dev.causeway.step.started",
    "dev.causeway.step.done",
    "dev.causeway.run.done",
  ]);
});

test("a harmless single step answers when it is done", async () => {
  const plan = planOf([{ id: "set", action: "test:set", input: { name: "inline", value: "1" } }]);
  const run = await runs.submit(plan, admin, { start: true });
  expect(run.state).toBe("done");
  expect(values.get("inline")).toBe("1");
  expect(
    (await runs.listLogs(run.id, { after: 0, limit: 10 })).map((line) => line.message),
  ).toEqual(["setting inline"]);
});

test("a start is refused when what the preview saw has moved, and the run is previewed anew", async () => {
  const plan = planOf([
    { id: "set", action: "test:set", input: { name: "moving", value: "1" } },
    { id: "again", action: "test:set", input: { name: "other", value: "2" } },
  ]);
  const previewed = await runs.submit(plan, admin);
  values.set("moving", "somebody else's");
  const refusal = await runs
    .start(previewed.id, previewed.planHash, admin)
    .catch((e: unknown) => e);
  expect(refusal).toBeInstanceOf(ConflictError);
  expect(refusal).toMatchObject({
    code: "resources_moved",
    extra: { moved: [{ ref: "value:moving", was: null, is: "somebody else's" }] },
  });
  const anew = await runs.get(previewed.id);
  expect(anew.state).toBe("previewed");
  expect(anew.preview?.steps[0]?.changes[0]?.verb).toBe("update");
  await runs.start(previewed.id, previewed.planHash, admin);
  expect((await untilAtRest(runs, previewed.id)).state).toBe("done");
});

test("a start under another hash or of a run that was started is refused", async () => {
  const plan = planOf([{ id: "set", action: "test:set", input: { name: "hash", value: "1" } }]);
  const previewed = await runs.submit(plan, admin);
  await expect(runs.start(previewed.id, "0".repeat(64), admin)).rejects.toMatchObject({
    code: "plan_changed",
  });
  await runs.start(previewed.id, previewed.planHash, admin);
  await expect(runs.start(previewed.id, previewed.planHash, admin)).rejects.toMatchObject({
    code: "run_not_startable",
  });
});

test("submitting twice under one id is one run; another plan under it is refused", async () => {
  const plan = planOf([{ id: "set", action: "test:set", input: { name: "twice", value: "1" } }]);
  const options = { submissionId: "submission-1" };
  const [first, second] = await Promise.all([
    runs.submit(plan, admin, options),
    runs.submit(plan, admin, options),
  ]);
  expect(second.id).toBe(first.id);
  await expect(runs.submit({ ...plan, title: "Another" }, admin, options)).rejects.toMatchObject({
    code: "submission_reused",
  });
});

test("a failed run shows step and reason, and goes on from there when it is retried", async () => {
  failures.push(new Error("could not reach https://joe:hunter2@host with token=abcdef123456"));
  const run = await runs.submit(
    planOf([
      { id: "before", action: "test:effect", input: { mark: "before" } },
      { id: "fails", action: "test:fail" },
      { id: "after", action: "test:effect", input: { mark: "after" } },
    ]),
    admin,
    { start: true },
  );
  const failed = await untilAtRest(runs, run.id);
  expect(failed.state).toBe("failed");
  expect(failed.error).toMatchObject({ code: "action_failed", retryable: true });
  expect(failed.error?.message).toContain('Step "fails"');
  expect(JSON.stringify(failed)).not.toMatch(/hunter2|abcdef123456/);
  expect(failed.steps.map((step) => step.state)).toEqual(["done", "failed", "pending"]);
  await expect(runs.cancel(run.id, admin)).rejects.toMatchObject({ code: "run_not_cancellable" });

  await runs.retry(run.id, admin);
  const done = await untilAtRest(runs, run.id);
  expect(done.state).toBe("done");
  expect(done.error).toBeNull();
  expect(done.steps.map((step) => step.attempt)).toEqual([1, 2, 1]);
  await expect(runs.retry(run.id, admin)).rejects.toMatchObject({ code: "run_not_failed" });
});

test("a refusal of an action is shown as it is", async () => {
  failures.push(
    new ConflictError({
      code: "name_taken",
      message: "Repository docs exists",
      fix: "Choose another name.",
    }),
  );
  const run = await runs.submit(planOf([{ id: "fails", action: "test:fail" }]), admin, {
    start: true,
  });
  expect((await untilAtRest(runs, run.id)).steps[0]?.error).toEqual({
    code: "name_taken",
    message: "Repository docs exists",
    fix: "Choose another name.",
    retryable: false,
  });
});

test("a previewed run is cancelled and stays so", async () => {
  const run = await runs.submit(threeSteps, admin);
  expect((await runs.cancel(run.id, admin)).state).toBe("cancelled");
  await expect(runs.start(run.id, run.planHash, admin)).rejects.toMatchObject({
    code: "run_not_startable",
  });
});

test("a refusal of a preview names the step, and nothing is kept", async () => {
  const before = await runs.list({
    state: undefined,
    templateRef: undefined,
    limit: 200,
    before: undefined,
  });
  const refusal = await runs
    .submit(planOf([{ id: "load", action: "test:refuse" }]), admin)
    .catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(InvalidError);
  expect(refusal).toMatchObject({
    code: "folder_missing",
    message: 'Step "load": The folder docs does not exist',
  });
  const after = await runs.list({
    state: undefined,
    templateRef: undefined,
    limit: 200,
    before: undefined,
  });
  expect(after.items.length).toBe(before.items.length);
});

test("only administrators submit", async () => {
  await expect(runs.submit(threeSteps, developer)).rejects.toMatchObject({
    code: "not_administrator",
  });
});

test("steps that wait for nothing run side by side", async () => {
  const gate = join(directory, "gate");
  const run = await runs.submit(
    planOf([
      { id: "a", action: "test:effect", input: { mark: "a", until: gate }, dependsOn: [] },
      { id: "b", action: "test:effect", input: { mark: "b", until: gate }, dependsOn: [] },
      { id: "c", action: "test:set", input: { name: "c", value: "1" }, dependsOn: ["a", "b"] },
    ]),
    admin,
    { start: true },
  );
  for (;;) {
    const states = (await runs.get(run.id)).steps.map((step) => step.state);
    if (states[0] === "running" && states[1] === "running") {
      expect(states[2]).toBe("pending");
      break;
    }
  }
  const { writeFile } = await import("node:fs/promises");
  await writeFile(gate, "");
  expect((await untilAtRest(runs, run.id)).state).toBe("done");
});

test("each expands to steps of its own whose outputs become lists, and if leaves steps out", async () => {
  const run = await runs.submit(
    planOf(
      [
        {
          id: "many",
          action: "test:set",
          each: "${{ parameters.names }}",
          if: "${{ each.value != 'skip' }}",
          input: { name: "${{ each.value }}", value: "${{ each.key }}" },
        },
        { id: "never", action: "test:set", if: false, input: { name: "never", value: "" } },
      ],
      {
        parameters: { names: ["x", "skip", "y"] },
        output: { names: "${{ steps.many.output.name }}", never: "${{ steps.never.output.name }}" },
      },
    ),
    admin,
    { start: true },
  );
  const done = await untilAtRest(runs, run.id);
  expect(done.steps.map((step) => [step.id, step.state])).toEqual([
    ["many[0]", "done"],
    ["many[1]", "skipped"],
    ["many[2]", "done"],
    ["never", "skipped"],
  ]);
  expect(done.output?.values).toEqual({ names: ["x", "y"] });
  expect(done.stepsDone).toBe(4);
});

test("no line of a long log is lost or out of order", async () => {
  const run = await runs.submit(
    planOf([{ id: "talk", action: "test:effect", input: { mark: "talk", logLines: 2_500 } }]),
    admin,
    { start: true },
  );
  await untilAtRest(runs, run.id);
  const lines = await runs.listLogs(run.id, { after: 0, limit: 5_000 });
  expect(lines.map((line) => line.seq)).toEqual(Array.from({ length: 2_500 }, (_, at) => at + 1));
  expect(lines.at(-1)?.message).toBe("line 2500 of talk");
});

test("a run's workspace goes when it is done and stays for a retry when it failed", async () => {
  failures.push(new Error("once"));
  const plan = planOf([
    { id: "set", action: "test:set", input: { name: "ws", value: "1" } },
    { id: "fails", action: "test:fail" },
  ]);
  const run = await runs.submit(plan, admin, { start: true });
  await untilAtRest(runs, run.id);
  expect(await readdir(runs.workspaces)).toContain(run.id);
  await runs.retry(run.id, admin);
  expect((await untilAtRest(runs, run.id)).state).toBe("done");
  await vi.waitFor(async () => expect(await readdir(runs.workspaces)).not.toContain(run.id));
  expect(await readdir(join(runs.workspaces, "previews"))).toEqual([]);
});

test("what a kill left of ended runs is removed at the next start", async () => {
  const plan = planOf([{ id: "set", action: "test:set", input: { name: "left", value: "1" } }]);
  const run = await runs.submit(plan, admin, { start: true });
  await mkdir(join(runs.workspaces, run.id), { recursive: true });
  await mkdir(join(runs.workspaces, "run_unknown"), { recursive: true });
  await removeLeftWorkspaces({ db, clock: systemClock, workspaces: runs.workspaces });
  const left = await readdir(runs.workspaces);
  expect(left).not.toContain(run.id);
  expect(left).toContain("run_unknown");
});

test("an output of odd characters is kept as it is", async () => {
  const value = 'nul \0, quote " and \u2028, half a pair \ud800, ümläut 🚂';
  const run = await runs.submit(
    planOf(
      [
        { id: "set", action: "test:set", input: { name: "odd", value: "${{ parameters.value }}" } },
        {
          id: "copy",
          action: "test:set",
          input: { name: "c", value: "${{ steps.set.output.value }}" },
        },
      ],
      { parameters: { value } },
    ),
    admin,
    { start: true },
  );
  const done = await untilAtRest(runs, run.id);
  expect(done.steps.map((step) => step.output)).toEqual([
    { name: "odd", value },
    { name: "c", value },
  ]);
  expect(values.get("c")).toBe(value);
});

test("a result that the database refuses fails its step instead of being tried for ever", async () => {
  await sql`alter table run_step add check (output is null or output::text not like '%poison%')`.execute(
    db,
  );
  const run = await runs.submit(
    planOf([
      { id: "set", action: "test:set", input: { name: "p", value: "poison" } },
      { id: "next", action: "test:set", input: { name: "q", value: "1" } },
    ]),
    admin,
    { start: true },
  );
  const failed = await untilAtRest(runs, run.id);
  expect(failed.error?.code).toBe("result_not_stored");
  expect(failed.steps.map((step) => step.state)).toEqual(["failed", "pending"]);
});

test("runs are listed newest first, page by page", async () => {
  const query = { state: undefined, templateRef: undefined, limit: 3 };
  const first = await runs.list({ ...query, before: undefined });
  const second = await runs.list({ ...query, before: first.nextCursor ?? undefined });
  const ids = [...first.items, ...second.items].map((run) => run.id);
  expect(ids).toEqual(ids.toSorted().toReversed());
  expect(new Set(ids).size).toBe(6);
});
