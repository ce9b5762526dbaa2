import { execFile } from "node:child_process";
import { mkdtemp, mkdir, readFile, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ExecuteContext } from "@causeway/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { createGoldenPathActions } from "../../../packages/server/src/modules/golden-paths/index.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../", import.meta.url));
const bin = (name: string) => join(root, "node_modules/.bin", name);

let directory: string;
let service: string;

/** The files as a run of the golden path writes them, with the inputs of its own first step. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "causeway-rag-"));
  service = join(directory, "workspace");
  await mkdir(service);
  const { actions } = createGoldenPathActions({
    templatesRoot: join(root, "golden-paths"),
    repositories: join(directory, "repos"),
    clock: { now: () => new Date(0) },
    filters: {},
  });
  const fetch = actions.find(({ id }) => id === "fetch:template");
  const template = parse(
    await readFile(join(root, "golden-paths/rag-service/template.yaml"), "utf8"),
  );
  const step = template.spec.steps[0];
  const input = {
    ...step.input,
    url: step.input.url.replace("./", "golden-path:rag-service/"),
    values: { name: "handbook", owner: "group:default/platform", monthlyBudget: "5.00" },
  };
  expect(Object.keys(step.input.values)).toEqual(Object.keys(input.values));
  const context: ExecuteContext = {
    runId: "run_1",
    stepId: "files",
    principal: "user:default/developer",
    workspace: service,
    signal: new AbortController().signal,
    idempotencyKey: "run_1:files:do",
    log: () => {},
    progress: () => {},
    crashPoint: () => {},
  };
  await fetch?.execute(fetch.input.parse(input), context);
  await symlink(join(root, "node_modules"), join(service, "node_modules"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test("leaves no expression of the template behind", async () => {
  const files = await readdir(service, { withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    expect(await readFile(join(service, file.name), "utf8"), file.name).not.toContain("${{");
  }
});

test("registers a component and its budget, and publishes a prompt, all owned by the owner", async () => {
  const text = await readFile(join(service, "catalog-info.yaml"), "utf8");
  const entities = parseAllDocuments(text).map((document) => document.toJS());
  expect(entities).toMatchObject([
    {
      kind: "Component",
      metadata: { name: "handbook" },
      spec: { owner: "group:default/platform" },
    },
    {
      kind: "Budget",
      metadata: { name: "handbook" },
      spec: { subject: "component:default/handbook", capUsd: "5.00", window: "month" },
    },
  ]);
  const prompt = parse(await readFile(join(service, "prompt.yaml"), "utf8"));
  expect(prompt).toMatchObject({
    kind: "Prompt",
    metadata: { name: "handbook" },
    spec: { owner: "group:default/platform", variables: ["passages", "question"] },
  });
});

test("the manifest names the gateway as the only way out and the service's own prompt and store", async () => {
  const manifest = parse(await readFile(join(service, "causeway.service.yaml"), "utf8"));
  expect(manifest).toMatchObject({
    runner: "deno",
    entry: "src/deno.ts",
    egress: ["gateway"],
    settings: { PROMPT: "handbook", VECTOR_STORE: "handbook-documents" },
  });
});

test("has no runtime dependency", async () => {
  const manifest = JSON.parse(await readFile(join(service, "package.json"), "utf8"));
  expect(manifest.dependencies).toBeUndefined();
});

test("type-checks", async () => {
  await expect(run(bin("tsc"), ["-p", service])).resolves.toMatchObject({ stdout: "" });
});

test("passes its own tests under Node", async () => {
  const args = ["--test", "--test-reporter=tap", "test/*.test.ts"];
  const { stdout } = await run(process.execPath, args, { cwd: service });
  expect(stdout).toMatch(/^# fail 0$/m);
});

test("passes its own tests under Deno without any permission", async () => {
  const args = ["test", "--no-prompt", "--no-remote", "--no-check", "test/"];
  const { stdout } = await run(bin("deno"), args, {
    cwd: service,
    env: { ...process.env, NO_COLOR: "1" },
  });
  expect(stdout).toMatch(/\b0 failed\b/);
});
