import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runStreamEvent, runView, type RunStreamEvent, type RunView } from "@causeway/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAudit } from "#modules/audit";
import type { App } from "../../http/app.ts";
import { admin, appWith } from "#test/app";
import { useDatabase } from "#test/database";
import { effectAction, setAction } from "#test/run-actions";
import { planOf, startRuns, untilAtRest, type TestRuns } from "#test/runs";

const { db, url } = useDatabase({ maxConnections: 20 });
let worker: TestRuns;
/** Takes no runs itself: what it tells its watchers comes from the other process's signals. */
let control: TestRuns;
let app: App;
let audit: App;
let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "causeway-marks-"));
  const actions = [effectAction(join(directory, "marks")), setAction(new Map())];
  worker = await startRuns({ db, url, actions });
  control = await startRuns({ db, url, actions, role: "control" });
  app = await appWith(control.routes);
  audit = await appWith(createAudit({ db }).routes);
  await app.listen({ port: 0, host: "127.0.0.1" });
});
afterAll(async () => {
  await app.close();
  await audit.close();
  await control.stop();
  await worker.stop();
  await rm(directory, { recursive: true });
});

const talking = planOf([
  { id: "one", action: "test:effect", input: { mark: "one", logLines: 3 } },
  { id: "two", action: "test:effect", input: { mark: "two", logLines: 2 } },
]);

async function post(path: string, payload: object): Promise<{ status: number; body: RunView }> {
  const response = await app.inject({ method: "POST", url: path, payload });
  return { status: response.statusCode, body: runView.parse(response.json()) };
}

async function follow(runId: string, query = ""): Promise<RunStreamEvent[]> {
  // A listening server of an address family has an object for its address.
  const { port } = app.server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/api/runs/${runId}/events${query}`);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const text = await response.text();
  return text
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => runStreamEvent.parse(JSON.parse(line.slice(6))));
}

test("a plan is submitted, started under its hash and watched to its end from another process", async () => {
  const submitted = await post("/api/runs", { plan: talking });
  expect(submitted.status).toBe(201);
  const { id, planHash } = submitted.body;
  const watching = follow(id);
  const started = await post(`/api/runs/${id}/start`, { planHash });
  expect(started.status).toBe(202);

  const events = await watching;
  expect(events[0]?.kind).toBe("run");
  expect(events.at(-1)).toEqual({ kind: "end", state: "done" });
  const lines = events.flatMap((event) => (event.kind === "log" ? [event.line.message] : []));
  expect(lines).toEqual([
    "line 1 of one",
    "line 2 of one",
    "line 3 of one",
    "line 1 of two",
    "line 2 of two",
  ]);
  const lastSteps = new Map(
    events.flatMap((event) => (event.kind === "step" ? [[event.step.id, event.step.state]] : [])),
  );
  expect(Object.fromEntries(lastSteps)).toEqual({ one: "done", two: "done" });
});

test("a watcher resumes the log where it stopped, and a finished run ends the stream at once", async () => {
  const { body } = await post("/api/runs", { plan: talking, start: true });
  await untilAtRest(control, body.id);
  const events = await follow(body.id, "?afterLog=4");
  expect(events.map((event) => event.kind)).toEqual(["run", "log", "end"]);
});

test("progress is told while a step runs", async () => {
  const gate = join(directory, "progress-gate");
  const plan = planOf([{ id: "slow", action: "test:effect", input: { mark: "s", until: gate } }]);
  const { body } = await post("/api/runs", { plan, start: true });
  for (;;) {
    const step = (await control.get(body.id)).steps[0];
    if (step?.progress) {
      expect(step.progress).toEqual({ done: 1, total: 2, unit: "marks" });
      break;
    }
  }
  const running = await app.inject({ method: "POST", url: `/api/runs/${body.id}/cancel` });
  expect(running.statusCode).toBe(409);
  expect(running.json()).toMatchObject({ code: "run_not_cancellable" });
  const { writeFile } = await import("node:fs/promises");
  await writeFile(gate, "");
  await untilAtRest(control, body.id);
});

test("a harmless single step is done in the answer even where no runs are taken", async () => {
  const plan = planOf([{ id: "set", action: "test:set", input: { name: "n", value: "v" } }]);
  const { status, body } = await post("/api/runs", { plan, start: true });
  expect([status, body.state]).toEqual([201, "done"]);
});

test.each([
  [
    "an unknown action",
    planOf([{ id: "a", action: "nobody:knows" }]),
    'steps.a.action: there is no action "nobody:knows"; known are test:effect, test:set',
  ],
  [
    "a wrong input",
    planOf([{ id: "a", action: "test:set", input: { name: "n" } }]),
    "steps.a.input.value: Invalid input: expected string",
  ],
  [
    "an expression that cannot be read",
    planOf([{ id: "a", action: "test:effect", input: { mark: "${{ parameters.x | nope }}" } }]),
    'steps.a.input.mark: expression error at line 1, column 20: Unknown template filter "nope"',
  ],
])("%s is refused with its place", async (_name, plan, issue) => {
  const response = await app.inject({ method: "POST", url: "/api/runs", payload: { plan } });
  expect(response.statusCode).toBe(400);
  const problem = response.json<{ code: string; issues: { path: string; message: string }[] }>();
  expect(problem.code).toBe("invalid_plan");
  expect(problem.issues.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    expect.stringContaining(issue),
  ]);
});

test("an unknown run is 404 everywhere", async () => {
  for (const path of ["", "/events", "/logs"]) {
    const response = await app.inject(`/api/runs/run_none${path}`);
    expect([path, response.statusCode]).toEqual([path, 404]);
  }
});

test("logs and actions are listed", async () => {
  const { body } = await post("/api/runs", { plan: talking, start: true });
  await untilAtRest(control, body.id);
  const logs = await app.inject(`/api/runs/${body.id}/logs?after=1&limit=2`);
  expect(logs.json()).toMatchObject({ items: [{ seq: 2 }, { seq: 3 }], nextAfter: 3 });
  const actions = await app.inject("/api/actions");
  expect(actions.json()).toMatchObject({
    items: [{ id: "test:effect", version: 1, inputSchema: { type: "object" } }, { id: "test:set" }],
  });
});

test("the audit log of a run is read page by page, newest first", async () => {
  const { body } = await post("/api/runs", { plan: talking });
  const first = await audit.inject(`/api/audit?chain=run:${body.id}`);
  expect(first.json()).toMatchObject({
    items: [{ seq: 1, verb: "run.submitted", actor: admin.ref, subject: body.id }],
    nextCursor: null,
  });
  const checked = await audit.inject("/api/audit/verification");
  expect(checked.json()).toMatchObject({ faults: [] });
});
