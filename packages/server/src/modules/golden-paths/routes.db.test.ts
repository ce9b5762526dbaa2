import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runView, type Entity, type RunView } from "@causeway/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { App } from "../../http/app.ts";
import type { Principal } from "../../http/principal.ts";
import { createCatalog, type Catalog } from "#modules/catalog";
import { createProvisioning } from "#modules/provisioning";
import { expressionFilters } from "#modules/runs";
import { systemClock } from "#platform/clock";
import { silentLog } from "#platform/log";
import { createNotifier, type Notifier } from "#platform/notify";
import { admin, appWith, developer } from "#test/app";
import { useDatabase } from "#test/database";
import { localEmbedding } from "#test/local-embedding";
import { startRuns, untilAtRest, type TestRuns } from "#test/runs";
import { createGoldenPathActions, createGoldenPaths } from "./index.ts";

const { db, url } = useDatabase();
let notifier: Notifier;
let catalog: Catalog;
let runs: TestRuns;
let root: string;
let appOf: (principal: Principal) => Promise<App>;
let app: App;

const actor = { actor: "user:default/admin" };
const template: Entity = {
  apiVersion: "scaffolder.backstage.io/v1beta3",
  kind: "Template",
  metadata: {
    name: "notes",
    title: "Notes",
    description: "Searches notes",
    tags: ["demo"],
    annotations: { "causeway.dev/version": "2.1.0", "causeway.dev/need": "Find what I wrote" },
  },
  spec: {
    type: "service",
    owner: "group:default/platform",
    parameters: [
      {
        title: "Who",
        required: ["name", "owner"],
        properties: {
          name: { type: "string", pattern: "^[a-z-]+$", "ui:help": "small letters and '-'" },
          owner: { type: "string", "ui:field": "OwnerPicker" },
        },
      },
      { title: "What", properties: { folder: { type: "string", default: "docs" } } },
    ],
    steps: [
      {
        id: "files",
        action: "fetch:template",
        input: {
          url: "./skeleton",
          values: { name: "${{ parameters.name }}", owner: "${{ parameters.owner }}" },
        },
      },
      { id: "repository", action: "publish:git", input: { name: "${{ parameters.name }}" } },
      {
        id: "catalog",
        action: "catalog:register",
        input: { repoContentsUrl: "${{ steps.repository.output.repoContentsUrl }}" },
      },
      {
        id: "store",
        action: "vector-store:provision",
        input: {
          name: "${{ parameters.name }}",
          owner: "${{ parameters.owner }}",
          dimensions: 256,
          embeddingRoute: "route:default/embedding",
        },
      },
      {
        id: "documents",
        action: "documents:load",
        input: {
          store: "${{ steps.store.output.entityRef }}",
          folder: "${{ parameters.folder }}",
          principal: "component:default/handbook",
        },
      },
    ],
    output: { links: [{ title: "Catalog", entityRef: "${{ steps.catalog.output.entityRef }}" }] },
  },
};
const skeleton = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: \${{ values.name }}
spec:
  type: service
  lifecycle: experimental
  owner: \${{ values.owner }}
`;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "causeway-golden-"));
  await mkdir(join(root, "paths/notes/skeleton"), { recursive: true });
  await mkdir(join(root, "docs"));
  await writeFile(join(root, "paths/notes/skeleton/catalog-info.yaml"), skeleton);
  await writeFile(join(root, "docs/a.md"), "# A\n\nSomething.\n");
  notifier = createNotifier({ url, log: silentLog });
  const paths = createGoldenPathActions({
    templatesRoot: join(root, "paths"),
    repositories: join(root, "repos"),
    clock: systemClock,
    filters: expressionFilters,
  });
  catalog = createCatalog({ db, notifier, clock: systemClock, readSource: paths.readSource });
  const provisioning = createProvisioning({ db, catalog, embedding: localEmbedding(), base: root });
  const actions = [...catalog.actions, ...paths.actions, ...provisioning.actions];
  runs = await startRuns({ db, url, actions });
  const { routes } = createGoldenPaths({ catalog, runs, log: silentLog });
  appOf = (principal) => appWith(routes, principal);
  app = await appOf(admin);
  await catalog.registerEntity(template, actor);
  await catalog.registerEntity(
    {
      apiVersion: "backstage.io/v1alpha1",
      kind: "Group",
      metadata: { name: "platform" },
      spec: { type: "team", children: [] },
    },
    actor,
  );
});
afterAll(async () => {
  await app.close();
  await runs.stop();
  await notifier.close();
  await rm(root, { recursive: true });
});

function plan(parameters: object, { dryRun = false, on = app } = {}) {
  const payload = { parameters, dryRun };
  return on.inject({ method: "POST", url: "/api/golden-paths/notes/plan", payload });
}
async function listRuns() {
  const everything = { limit: 10, state: undefined, templateRef: undefined, before: undefined };
  return (await runs.list(everything)).items;
}

const good = { name: "my-notes", owner: "platform" };

test("the gallery shows each path with its need, version and runs", async () => {
  const answer = await app.inject({ url: "/api/golden-paths" });
  expect(answer.json()).toEqual({
    items: [
      {
        ref: "template:default/notes",
        name: "notes",
        title: "Notes",
        description: "Searches notes",
        type: "service",
        owner: "group:default/platform",
        version: "2.1.0",
        tags: ["demo"],
        need: "Find what I wrote",
        runs: { total: 0, succeeded: 0, failed: 0 },
      },
    ],
  });
});

test("a path's form has its ui keys apart, and an unknown path names the known ones", async () => {
  const form = await app.inject({ url: "/api/golden-paths/notes" });
  expect(form.json()).toMatchObject({
    pages: [
      { title: "Who", uiSchema: { owner: { "ui:field": "OwnerPicker" } } },
      { title: "What", uiSchema: {} },
    ],
    steps: [{ id: "files", name: "fetch:template" }, {}, {}, {}, {}],
  });
  const unknown = await app.inject({ url: "/api/golden-paths/nots" });
  expect(unknown.json()).toMatchObject({ status: 404, fix: "Choose one of: notes." });
});

test.each([
  { what: "a missing field", parameters: { name: "a" }, path: "owner", message: "is missing" },
  {
    what: "a wrong value",
    parameters: { ...good, name: "My Notes" },
    path: "name",
    message: `"My Notes" does not fit: small letters and '-'`,
  },
  {
    what: "an owner that does not exist",
    parameters: { ...good, owner: "nobody" },
    path: "owner",
    message: "group:default/nobody is not in the catalog",
  },
  {
    what: "a missing folder",
    parameters: { ...good, folder: "nowhere" },
    path: "folder",
    message: "There is no folder",
  },
])("$what is told at its field before anything is saved", async ({ parameters, path, message }) => {
  for (const dryRun of [true, false]) {
    const answer = await plan(parameters, { dryRun });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      issues: [{ path, message: expect.stringContaining(message) }],
    });
  }
  expect(await listRuns()).toEqual([]);
});

test("a dry run previews every step to its end and keeps nothing", async () => {
  const answer = await plan(good, { dryRun: true });
  expect(answer.statusCode).toBe(200);
  const run = runView.parse(answer.json());
  expect(run.id).toBe("");
  expect(run.preview?.steps.map(({ kind }) => kind)).toEqual(Array(5).fill("known"));
  const changes = run.preview?.steps.flatMap((step) => step.changes.map(({ ref }) => ref));
  expect(changes).toEqual([
    "catalog-info.yaml",
    "causeway-git:my-notes",
    "component:default/my-notes",
    "vectorstore:default/my-notes",
    "a.md",
  ]);
  expect(await listRuns()).toEqual([]);
  await expect(readdir(join(root, "repos"))).rejects.toThrow("ENOENT");
});

test("only administrators make plans", async () => {
  const other = await appOf(developer);
  const answer = await plan(good, { on: other });
  expect(answer.json()).toMatchObject({ status: 403, code: "not_administrator" });
  await other.close();
});

async function runToEnd(parameters: object): Promise<RunView> {
  const answer = await plan(parameters);
  expect(answer.statusCode).toBe(201);
  const saved = runView.parse(answer.json());
  expect(saved).toMatchObject({ state: "previewed", templateRef: "template:default/notes" });
  expect(saved.plan.source?.templateVersion).toBe("2.1.0");
  expect(saved.plan.parameters["owner"]).toBe("group:default/platform");
  await runs.start(saved.id, saved.planHash, admin);
  return untilAtRest(runs, saved.id);
}

test("a saved plan runs to the end, and its name is taken from then on", async () => {
  const run = await runToEnd(good);
  expect(run.error).toBeNull();
  expect(run).toMatchObject({
    state: "done",
    output: { links: [{ title: "Catalog", entityRef: "component:default/my-notes" }] },
  });
  expect(await catalog.find("component:default/my-notes")).toMatchObject({
    spec: { owner: "group:default/platform" },
  });
  const taken = await plan(good, { dryRun: true });
  expect(taken.json()).toMatchObject({
    status: 400,
    code: "name_taken",
    issues: [{ path: "name", message: '"my-notes" is already taken by a repository' }],
  });
  const gallery = await app.inject({ url: "/api/golden-paths" });
  expect(gallery.json()).toMatchObject({
    items: [{ runs: { total: 1, succeeded: 1, failed: 0 } }],
  });
});

test("a template whose files changed after the preview is previewed anew before it runs", async () => {
  const saved = runView.parse((await plan({ ...good, name: "later" })).json());
  await writeFile(join(root, "paths/notes/skeleton/new.md"), "new");
  await expect(runs.start(saved.id, saved.planHash, admin)).rejects.toMatchObject({
    code: "resources_moved",
  });
  expect(await readdir(join(root, "repos"))).toEqual(["my-notes.git"]);
});
