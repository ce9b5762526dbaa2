import type { RunStreamEvent } from "@causeway/contract";
import { afterEach, describe, expect, test } from "vitest";
import { aForm, aPreview, aRun, aStep } from "../test/builders.ts";
import { runCli } from "../test/run-cli.ts";
import { startScriptedServer, type Script, type ScriptedServer } from "../test/scripted-server.ts";

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function runAgainst(script: Script, words: readonly string[]) {
  server = await startScriptedServer(script);
  return runCli(words, { CAUSEWAY_URL: server.origin, CAUSEWAY_TOKEN: "token" });
}

const event = (data: RunStreamEvent) => `event: ${data.kind}\ndata: ${JSON.stringify(data)}\n\n`;

const done = aRun({
  state: "done",
  startedAt: "2026-01-01T00:00:00.000Z",
  finishedAt: "2026-01-01T00:00:02.500Z",
  steps: [aStep({ state: "done" })],
});

describe("wrong use ends with code 2 and says how to go on", () => {
  test.each([
    ["an unknown command", ["crate"], "Did you mean create?"],
    ["an unknown option", ["usage", "--bye", "model"], "Did you mean --by?"],
    ["a missing argument", ["create"], "missing required argument 'golden-path'"],
    ["a value that is none of the choices", ["usage", "--by", "colour"], "--by"],
    ["a number out of range", ["runs", "--limit", "0"], "--limit"],
    ["neither a golden path nor a file", ["plan"], "Name a golden path or give a file"],
    ["a port that is none", ["up", "--port", "99999"], "--port"],
    ["a file that is not there", ["apply", "-f", "missing.yaml"], "missing.yaml cannot be read"],
  ])("%s", async (_name, words, said) => {
    const result = await runCli(words, { CAUSEWAY_URL: "http://127.0.0.1:1" });
    expect(result.err).toContain(said);
    expect(result.code).toBe(2);
  });
});

test("without a platform a command says where it looked and how to start one", async () => {
  const result = await runCli(["runs"]);
  expect(result.code).toBe(1);
  expect(result.err).toContain("no .causeway/ready.json in this folder or above it");
  expect(result.err).toContain("npm run up");
});

test("a platform that does not answer is named with where its address came from", async () => {
  const result = await runCli(["runs"], { CAUSEWAY_URL: "http://127.0.0.1:1" });
  expect(result.code).toBe(1);
  expect(result.err).toContain("No platform answers at http://127.0.0.1:1 (from CAUSEWAY_URL)");
});

test("help of every command shows examples and ends with code 0", async () => {
  const { commands } = await import("./commands.ts");
  for (const { name } of commands) {
    const result = await runCli([...name.split(" "), "--help"]);
    expect(result.code, name).toBe(0);
    expect(result.out, name).toContain("Examples:\n  $ ");
  }
});

describe("create", () => {
  const path = "/api/golden-paths/rag-service";
  const words = ["create", "rag-service", "--set", "name=handbook", "--set", "documents=docs"];
  const script = {
    [`GET ${path}`]: { json: aForm },
    [`POST ${path}/plan`]: { status: 201, json: aRun() },
    "POST /api/runs/run_1/start": { status: 202, json: aRun({ state: "running" }) },
    "GET /api/runs/run_1/events?afterLog=0": {
      stream: [
        event({ kind: "run", run: aRun({ state: "running" }) }),
        event({ kind: "step", step: aStep({ state: "done" }) }),
        event({ kind: "end", state: "done" }),
      ],
    },
    "GET /api/runs/run_1": { json: done },
  };

  test("previews, starts under the shown hash, watches and reports", async () => {
    const result = await runAgainst(script, words);
    expect(result.err).toBe("");
    expect(result.code).toBe(0);
    expect(result.out).toContain("+ repository handbook.git");
    expect(result.out).toContain("Policy   not evaluated");
    expect(result.out).toContain("$1.50 (notional)/month");
    expect(result.out).toContain("✔ Publish the repository");
    expect(result.out).toContain("Run run_1 done: 1 of 1 steps in 2.5 s");
    const start = server?.requests.find((request) => request.line.endsWith("/start"));
    expect(start).toMatchObject({ body: { planHash: "hash" }, token: "Bearer token" });
  });

  test("sends values with the types of the form and folders from the present folder", async () => {
    await runAgainst(script, [...words, "--set", "replicas=2"]);
    const planned = server?.requests.find((request) => request.line.endsWith("/plan"));
    expect(planned?.body).toEqual({
      parameters: { name: "handbook", documents: "/nowhere/docs", replicas: 2 },
    });
  });

  test("with --json prints one document and nothing else", async () => {
    const result = await runAgainst(script, [...words, "--json"]);
    expect(JSON.parse(result.out)).toMatchObject({ id: "run_1", state: "done" });
  });

  test("names the fields of the form when one is misspelled, and changes nothing", async () => {
    const result = await runAgainst(script, [...words, "--set", "nmae=x"]);
    expect(result.code).toBe(2);
    expect(result.err).toContain(
      "nmae: this form has no such field; it has name, documents, replicas",
    );
    expect(server?.requests).toHaveLength(1);
  });

  test("shows the form with --explain", async () => {
    const result = await runAgainst(script, ["create", "rag-service", "--explain"]);
    expect(result.out).toContain("replicas   Replicas  (integer, default 1)");
    expect(result.out).toContain("name       Name  (string, required)");
  });

  test("shows every wrong field that the platform found, with its request id", async () => {
    const problem = {
      type: "urn:causeway:problem:invalid_input",
      title: "Invalid input",
      status: 400,
      code: "invalid_input",
      detail: "The form is not filled rightly",
      requestId: "req_7",
      fix: "Change the name.",
      issues: [{ path: "name", message: "is taken" }],
    };
    const refused = { ...script, [`POST ${path}/plan`]: { status: 400, json: problem } };
    const result = await runAgainst(refused, words);
    expect(result.code).toBe(2);
    expect(result.err).toBe(
      [
        "✖ The form is not filled rightly",
        "  • name: is taken",
        "  What to do: Change the name.",
        "  request req_7",
        "",
      ].join("\n"),
    );
  });
});

describe("the exit code of a run says how it ended", () => {
  test.each([
    ["done", 0],
    ["failed", 1],
    ["waiting_approval", 4],
  ] as const)("%s → %i", async (state, code) => {
    const run = aRun({ state, steps: [aStep({ state: state === "failed" ? "failed" : "done" })] });
    const result = await runAgainst(
      {
        "GET /api/runs/run_1": { json: aRun() },
        "POST /api/runs/run_1/start": { status: 202, json: run },
      },
      ["run", "run_1"],
    );
    expect(result.code).toBe(code);
    if (state === "failed") expect(result.out).toContain("causeway run run_1");
  });

  test("refused by policy → 3", async () => {
    const problem = {
      type: "urn:causeway:problem:policy_denied",
      title: "Not allowed",
      status: 403,
      code: "policy_denied",
      detail: "Policy spend-limit refuses it",
      requestId: "req_8",
    };
    const result = await runAgainst(
      {
        "GET /api/runs/run_1": { json: aRun() },
        "POST /api/runs/run_1/start": { status: 403, json: problem },
      },
      ["run", "run_1", "--json"],
    );
    expect(result.code).toBe(3);
    expect(JSON.parse(result.out)).toEqual({
      error: {
        code: "policy_denied",
        message: "Policy spend-limit refuses it",
        requestId: "req_8",
      },
    });
  });
});

test("a stream that breaks is taken up again after the last log line", async () => {
  const line = {
    seq: 3,
    at: "2026-01-01T00:00:00.000Z",
    stepId: null,
    level: "info" as const,
    message: "hello",
  };
  const result = await runAgainst(
    {
      "GET /api/runs/run_1": { json: aRun({ state: "running" }) },
      "GET /api/runs/run_1/events?afterLog=0": {
        stream: [
          event({ kind: "run", run: aRun({ state: "running" }) }),
          event({ kind: "log", line }),
        ],
      },
      "GET /api/runs/run_1/events?afterLog=3": {
        stream: [event({ kind: "run", run: done }), event({ kind: "end", state: "done" })],
      },
    },
    ["run", "run_1"],
  );
  expect(result.out).toContain("│ hello");
  expect(server?.requests.map((request) => request.line)).toContain(
    "GET /api/runs/run_1/events?afterLog=3",
  );
});

test("previews of many changes are shortened, unknown cost stays unknown", async () => {
  const [step] = aPreview().steps;
  if (!step) throw new Error("the builder has one step");
  const changes = Array.from({ length: 9 }, (_, index) => ({
    verb: "create" as const,
    kind: "file",
    ref: `src/${index}.ts`,
  }));
  const cost = { monthlyMicroUsd: null, onceMicroUsd: 0, notional: false };
  const preview = aPreview({ steps: [{ ...step, changes, cost }], total: cost });
  const result = await runAgainst({ "GET /api/runs/run_1": { json: aRun({ preview }) } }, [
    "runs",
    "run_1",
    "--preview",
  ]);
  expect(result.out).toContain("and 3 more");
  expect(result.out).toContain("Cost     unknown/month");
});
