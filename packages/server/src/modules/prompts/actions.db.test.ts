import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnyAction, ExecuteContext } from "@causeway/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { appWith } from "#test/app";
import { useDatabase } from "#test/database";
import { createCatalog, type Catalog } from "#modules/catalog";
import { systemClock } from "#platform/clock";
import { silentLog } from "#platform/log";
import { createNotifier, type Notifier } from "#platform/notify";
import { createPrompts, type Prompts } from "./index.ts";

const { db, url } = useDatabase();
let notifier: Notifier;
let catalog: Catalog;
let prompts: Prompts;
let publish: AnyAction;
let workspace: string;

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), "prompts-"));
  notifier = createNotifier({ url, log: silentLog });
  const common = { db, notifier, clock: systemClock };
  catalog = createCatalog({ ...common, readSource: async () => undefined });
  prompts = createPrompts({ ...common, catalog });
  const [action] = prompts.actions;
  if (!action) throw new Error("no action");
  publish = action;
});
afterAll(async () => {
  await notifier.close();
  await rm(workspace, { recursive: true });
});

let steps = 0;

function context(more: Partial<ExecuteContext> = {}): ExecuteContext {
  steps += 1;
  return {
    runId: "run_1",
    stepId: `step-${steps}`,
    principal: "user:default/admin",
    workspace,
    signal: new AbortController().signal,
    idempotencyKey: `run_1:step-${steps}:do`,
    log: () => {},
    progress: () => {},
    crashPoint: () => {},
    ...more,
  };
}

function prompt(name: string, system: string): unknown {
  return publish.input.parse({
    name,
    owner: "group:platform",
    system,
    template: "{{question}}",
    variables: ["question"],
    route: "route:chat",
    retrieval: { topK: 4 },
  });
}

async function publishedVersion(name: string): Promise<number | undefined> {
  const all = await prompts.listPublished();
  return all.find((published) => published.name === name)?.version;
}

test("content makes the version: the same text again is the same version", async () => {
  const first = await publish.execute(prompt("same", "A"), context());
  const second = await publish.execute(prompt("same", "B"), context());
  const again = await publish.execute(prompt("same", "A"), context());
  expect([first.output, second.output, again.output]).toEqual([
    { promptRef: "prompt:default/same", version: 1, hash: expect.any(String) },
    { promptRef: "prompt:default/same", version: 2, hash: expect.any(String) },
    first.output,
  ]);
  expect(await publishedVersion("same")).toBe(1);
});

test("a published prompt is what the gateway's snapshot asks for, and an entity", async () => {
  await publish.execute(prompt("served", "Be brief."), context());
  expect(await prompts.listPublished()).toContainEqual({
    name: "served",
    ref: "prompt:default/served",
    version: 1,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    system: "Be brief.",
    template: "{{question}}",
    variables: ["question"],
    route: "route:default/chat",
    retrieval: { topK: 4 },
  });
  const entity = await catalog.find("prompt:default/served");
  expect(entity?.relations).toContainEqual({ type: "usesRoute", targetRef: "route:default/chat" });
});

test.each(["prompt:publish:label-moved", "prompt:publish:entity-registered"])(
  "dying at %s and doing it again is doing it once",
  async (point) => {
    const name = point.replaceAll(":", "-");
    await publish.execute(prompt(name, "before"), context());
    const ctx = context();
    const dying = {
      ...ctx,
      crashPoint: (reached: string) => {
        if (reached === point) throw new Error("killed");
      },
    };
    await expect(publish.execute(prompt(name, "after"), dying)).rejects.toThrow("killed");
    const result = await publish.execute(prompt(name, "after"), ctx);
    expect(result.undo).toMatchObject({ move: { before: 1, after: 2 } });
    await publish.undo?.(result.undo, context());
    expect(await publishedVersion(name)).toBe(1);
    expect((await catalog.find(`prompt:default/${name}`))?.spec?.["system"]).toBe("before");
  },
);

test("undo of the first publication leaves nothing public and no entity; undoing twice is undoing once", async () => {
  const { undo } = await publish.execute(prompt("first", "A"), context());
  const ctx = context();
  await publish.undo?.(undo, ctx);
  await publish.undo?.(undo, ctx);
  expect(await publishedVersion("first")).toBeUndefined();
  expect(await catalog.find("prompt:default/first")).toBeUndefined();
});

test("undo refuses when somebody has published since", async () => {
  const { undo } = await publish.execute(prompt("since", "A"), context());
  await publish.execute(prompt("since", "B"), context());
  await expect(publish.undo?.(undo, context())).rejects.toMatchObject({
    code: "prompt_published_since",
  });
  expect(await publishedVersion("since")).toBe(2);
});

test("the preview shows version and difference and changes nothing", async () => {
  await publish.execute(prompt("seen", "old"), context());
  const preview = await publish.preview(prompt("seen", "new"), context());
  expect(preview.summary).toBe("Publish version 2 of prompt:default/seen as production");
  expect(preview.changes[0]?.diff).toContain("-system: old\n+system: new\n");
  expect(preview.output).toMatchObject({ version: 2 });
  expect(await publishedVersion("seen")).toBe(1);
  const same = await publish.preview(prompt("seen", "old"), context());
  expect([same.summary, same.changes]).toEqual([
    "Version 1 of prompt:default/seen is production already",
    [],
  ]);
});

const file = `apiVersion: causeway.dev/v1alpha1
kind: Prompt
metadata:
  name: filed
  description: From a file
spec:
  owner: group:default/platform
  system: Hello
  template: "{{question}}"
  variables: [question]
`;

test("a prompt is published from a file of the run", async () => {
  await writeFile(join(workspace, "prompt.yaml"), file);
  const result = await publish.execute(publish.input.parse({ file: "prompt.yaml" }), context());
  expect(result.output).toMatchObject({ promptRef: "prompt:default/filed", version: 1 });
  expect((await catalog.find("prompt:default/filed"))?.metadata.description).toBe("From a file");
});

test.each([
  [
    "a variable that is not declared",
    file.replace("[question]", "[]"),
    "invalid_prompt",
    "p.yaml: template:1:1",
  ],
  ["a wrong field", file.replace("system:", "sistem:"), "invalid_prompt", "p.yaml:6:1"],
  [
    "no prompt",
    file
      .replace("kind: Prompt", "kind: Budget")
      .replace(/ {2}system[^]*/, "  subject: user:admin\n  capUsd: '1'\n  window: day\n"),
    "invalid_prompt",
    "p.yaml",
  ],
])("a file with %s is refused with its place", async (_name, ...[text, code, path]) => {
  await writeFile(join(workspace, "p.yaml"), text);
  const refusal: unknown = await publish
    .preview(publish.input.parse({ file: "p.yaml" }), context())
    .catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code });
  expect((refusal as { issues: { path: string }[] }).issues.map((issue) => issue.path)).toContain(
    path,
  );
});

test("no path and no link leads out of the run's files", async () => {
  await symlink("/etc/hostname", join(workspace, "link.yaml"));
  for (const name of ["../x.yaml", "/etc/hostname", "link.yaml", "missing.yaml", "."]) {
    const input = publish.input.parse({ file: name });
    await expect(publish.preview(input, context())).rejects.toMatchObject({
      code: "prompt_file_not_readable",
    });
  }
});

test("the routes list prompts and the versions of one", async () => {
  const app = await appWith(prompts.routes);
  await publish.execute(prompt("listed", "A"), context());
  await publish.execute(prompt("listed", "B"), context());
  const list = await app.inject("/api/prompts");
  const published = { published: 2, hash: expect.any(String), versions: 2 };
  expect(list.json()).toMatchObject({
    items: expect.arrayContaining([{ ref: "prompt:default/listed", name: "listed", ...published }]),
  });
  const detail = await app.inject("/api/prompts/listed");
  expect(detail.json()).toMatchObject({
    ...published,
    items: [
      { version: 2, labels: ["production"], content: { system: "B" }, runId: "run_1" },
      { version: 1, labels: [], content: { system: "A" } },
    ],
  });
  expect((await app.inject("/api/prompts/nobody")).statusCode).toBe(404);
  await app.close();
});

test("listeners hear of a publication", async () => {
  const heard = new Promise<void>((resolve) => {
    prompts.onChange(resolve);
  });
  await publish.execute(prompt("heard", "A"), context());
  await heard;
});
