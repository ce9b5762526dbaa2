import { mkdir, mkdtemp, open, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LimitError, type AnyAction } from "@causeway/contract";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createCatalog, type Catalog } from "#modules/catalog";
import { systemClock } from "#platform/clock";
import { silentLog } from "#platform/log";
import { createNotifier, type Notifier } from "#platform/notify";
import { useDatabase } from "#test/database";
import { embeddingDimensions, localEmbedding, type LocalEmbedding } from "#test/local-embedding";
import { execute, Killed, preview, stepContext, type StepContextOptions } from "#test/step-context";
import { createProvisioning } from "./index.ts";

const { db, url } = useDatabase();
let notifier: Notifier;
let catalog: Catalog;
let embedding: LocalEmbedding;
let root: string;
let actions: ReadonlyMap<string, AnyAction>;

beforeAll(() => {
  notifier = createNotifier({ url, log: silentLog });
  catalog = createCatalog({ db, notifier, clock: systemClock, readSource: async () => undefined });
});
afterAll(() => notifier.close());

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "causeway-provisioning-"));
  await mkdir(join(root, "workspace"));
  embedding = localEmbedding();
  const made = createProvisioning({ db, catalog, embedding, base: root });
  actions = new Map(made.actions.map((action) => [action.id, action]));
});
afterEach(async () => {
  await sql`truncate vector_store, vector_file, vector_chunk, catalog_entity, catalog_history cascade`.execute(
    db,
  );
  await rm(root, { recursive: true, force: true });
});

function action(id: string): AnyAction {
  const found = actions.get(id);
  if (!found) throw new Error(`no action ${id}`);
  return found;
}

function context(options: Omit<StepContextOptions, "workspace"> = {}) {
  return stepContext({ workspace: join(root, "workspace"), ...options });
}

/** Going back has a key of its own. */
function undoContext(options: Omit<StepContextOptions, "workspace"> = {}) {
  return { ...context({ stepId: "store", ...options }), idempotencyKey: "run_1:store:undo" };
}

const storeRef = "vectorstore:default/handbook-documents";
const storeInput = {
  name: "handbook-documents",
  owner: "group:default/platform",
  dimensions: embeddingDimensions,
  embeddingRoute: "route:default/embedding",
};
const provision = (ctx = context({ stepId: "store" })) =>
  execute(action("vector-store:provision"), storeInput, ctx);

const loadInput = { store: storeRef, folder: "docs", principal: "component:handbook" };
const load = (ctx = context({ stepId: "documents" }), input: object = loadInput) =>
  execute(action("documents:load"), input, ctx);

async function documents(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const full = join(root, "docs", path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, content);
  }
}

/** What a search could find, without ids and times. */
async function listRows() {
  const { rows } = await sql`
    select f.path, f.title, f.content_hash, f.made_by, c.position, c.text, c.char_start, c.char_end,
           md5(c.embedding) as embedding
      from vector_chunk c join vector_file f on f.id = c.file_id
     where f.replaced_by is null order by f.path, c.position`.execute(db);
  return rows;
}

async function countChunks(): Promise<number> {
  const { rows } = await sql<{ chunks: number }>`select chunks from vector_store`.execute(db);
  return rows[0]?.chunks ?? -1;
}

test("provisioning makes the store and its entity, and twice under one key is once", async () => {
  const first = await provision();
  const second = await provision();
  expect(first.output).toEqual({ entityRef: storeRef });
  expect(second).toEqual(first);
  const entity = await catalog.find(storeRef);
  expect(entity).toMatchObject({
    kind: "VectorStore",
    spec: { dimensions: 256, embeddingRoute: "route:default/embedding" },
  });
});

test.each(["vector-store:provision:row-written", "vector-store:provision:entity-registered"])(
  "provisioning killed at %s and run again ends as if it had run once",
  async (killAt) => {
    await expect(provision(context({ stepId: "store", killAt }))).rejects.toThrow(Killed);
    const { undo } = await provision();
    await action("vector-store:provision").undo?.(undo, undoContext());
    expect(await catalog.find(storeRef)).toBeUndefined();
    expect(await countChunks()).toBe(-1);
  },
);

test("a taken name is refused in preview and execution, as a fault of the field name", async () => {
  await provision();
  const taken = { code: "name_taken", issues: [{ path: "name" }] };
  await expect(provision(context({ stepId: "other" }))).rejects.toMatchObject(taken);
  await expect(
    preview(action("vector-store:provision"), storeInput, context()),
  ).rejects.toMatchObject(taken);
});

test("undoing a provisioning killed in the middle of the undo ends the same", async () => {
  const { undo } = await provision();
  const killAt = "vector-store:provision:entity-restored";
  const undoing = action("vector-store:provision").undo?.(undo, undoContext({ killAt }));
  await expect(undoing).rejects.toThrow(Killed);
  await action("vector-store:provision").undo?.(undo, undoContext());
  expect(await catalog.find(storeRef)).toBeUndefined();
  expect(await countChunks()).toBe(-1);
});

test("loading cuts, embeds under the key and one trace, stores, and tells its progress", async () => {
  await documents({
    "leave.md": "# Leave\n\nYou have 30 days.\n",
    "deep/er/travel.txt": "Trains come first.",
    "logo.png": new Uint8Array([0, 1]),
    ".git/config": "hidden",
    LICENSE: "text of another kind",
  });
  await provision();
  const progress: number[][] = [];
  const lines: string[] = [];
  const result = await load(
    context({
      stepId: "documents",
      progress: (...numbers) => progress.push(numbers),
      log: (line) => lines.push(line),
    }),
  );
  expect(result.output).toEqual({ documents: 2, passages: 2, unchanged: 0 });
  expect(progress).toEqual([
    [0, 2],
    [2, 2],
  ]);
  expect(lines[0]).toBe("Passed over: LICENSE, logo.png");
  expect(await listRows()).toMatchObject([
    { path: "deep/er/travel.txt", title: "travel", text: "Trains come first." },
    { path: "leave.md", title: "Leave", text: "# Leave\n\nYou have 30 days." },
  ]);
  expect(await countChunks()).toBe(2);
  expect(embedding.calls).toMatchObject([{ keyId: "key_handbook", route: "embedding" }]);
  expect(embedding.calls[0]?.traceId).toMatch(/^[0-9a-f]{32}$/);
});

const manyDocuments = Object.fromEntries(
  Array.from({ length: 60 }, (_, n) => [
    `doc-${n}.md`,
    `# Document ${n}\n\n${`Sentence ${n} about topic ${n % 7}. `.repeat(120)}`,
  ]),
);

test.each([
  { killAt: "documents:load:embedded", after: 1 },
  { killAt: "documents:load:embedded", after: 3 },
  { killAt: "documents:load:batch-stored", after: 2 },
])("loading killed at $killAt ($after) and run again equals an undisturbed load", async (kill) => {
  await documents(manyDocuments);
  await provision();
  const undisturbed = await load();
  const keys = embedding.calls.map(({ idempotencyKey }) => idempotencyKey);
  expect(new Set(keys).size).toBe(keys.length);
  const rows = await listRows();
  await action("documents:load").undo?.(undisturbed.undo, context({ stepId: "documents" }));
  expect(await listRows()).toEqual([]);
  await expect(load(context({ stepId: "documents", ...kill }))).rejects.toThrow(Killed);
  const stored = await countChunks();
  expect(stored).toBeLessThan(rows.length);
  const again = await load();
  // What is asked again is asked under the key of the first time: the gateway bills it once.
  expect(new Set(embedding.calls.map(({ idempotencyKey }) => idempotencyKey))).toEqual(
    new Set(keys),
  );
  expect(again).toEqual(undisturbed);
  expect(await listRows()).toEqual(rows);
});

test("a budget that refuses in the middle fails the step; tried again, only the rest is embedded", async () => {
  await documents(manyDocuments);
  await provision();
  const embed = embedding.embed.bind(embedding);
  const refuse = async () => {
    throw new LimitError({
      code: "budget_exceeded",
      message: "The budget is used up until 1 April",
    });
  };
  let calls = 0;
  embedding.embed = (command) => (++calls === 3 ? refuse() : embed(command));
  await expect(load()).rejects.toMatchObject({ code: "budget_exceeded" });
  const stored = await countChunks();
  expect(stored).toBeGreaterThan(0);
  embedding.calls.length = 0;
  const result = await load();
  const embedded = embedding.calls.reduce((sum, { texts }) => sum + texts.length, 0);
  expect(embedded).toBe((await countChunks()) - stored);
  expect(result.output).toMatchObject({ documents: 60, unchanged: 0 });
});

test("a known document is never embedded again; a changed one replaces its old self", async () => {
  await documents({ "a.md": "Old text.", "b.md": "Other text." });
  await provision();
  await load();
  const before = await listRows();
  embedding.calls.length = 0;
  await documents({ "a.md": "New text." });
  const second = await load(context({ stepId: "again" }));
  expect(second.output).toEqual({ documents: 1, passages: 1, unchanged: 1 });
  expect(embedding.calls.map(({ texts }) => texts)).toEqual([["a\nNew text."]]);
  expect(await listRows()).toMatchObject([{ text: "New text." }, { text: "Other text." }]);
  const undo = () => action("documents:load").undo?.(second.undo, context({ stepId: "again" }));
  await undo();
  await undo();
  expect(await listRows()).toEqual(before);
});

test("loads are taken back in any order", async () => {
  await provision();
  const loads: { undo: unknown; ctx: ReturnType<typeof context> }[] = [];
  for (const text of ["One.", "Two.", "Three."]) {
    await documents({ "a.md": text });
    const ctx = context({ stepId: text });
    loads.push({ undo: (await load(ctx)).undo, ctx });
  }
  const takeBack = async (index: number) => {
    const one = loads[index];
    if (one) await action("documents:load").undo?.(one.undo, one.ctx);
  };
  await takeBack(1);
  expect(await listRows()).toMatchObject([{ text: "Three." }]);
  await takeBack(2);
  expect(await listRows()).toMatchObject([{ text: "One." }]);
  await takeBack(0);
  expect(await listRows()).toEqual([]);
});

async function refused(input: object = loadInput) {
  const inPreview = await preview(action("documents:load"), input, context()).then(
    () => undefined,
    (error: unknown) => error,
  );
  const inRun = await load(context(), input).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(inPreview).toMatchObject({ issues: [{ path: "folder" }] });
  expect(inRun).toEqual(inPreview);
  expect(await listRows()).toEqual([]);
  expect(embedding.calls).toEqual([]);
  return inRun;
}

test("a missing folder, a file in its place and an empty folder are refused before anything happens", async () => {
  await provision();
  expect(await refused()).toMatchObject({
    code: "documents_missing",
    message: `There is no folder ${join(root, "docs")}`,
  });
  await writeFile(join(root, "file.md"), "x");
  expect(await refused({ ...loadInput, folder: join(root, "file.md") })).toMatchObject({
    code: "documents_missing",
  });
  await mkdir(join(root, "docs"));
  expect(await refused()).toMatchObject({
    code: "documents_empty",
    message: "The folder docs has no Markdown or text file: it is empty",
  });
  await documents({ "photo.png": "x" });
  expect(await refused()).toMatchObject({ message: expect.stringContaining("only photo.png") });
});

test("binary, oversized and outward files are all named, and nothing of the folder is stored", async () => {
  await provision();
  await documents({
    "good.md": "Text.",
    "bad.md": new Uint8Array([72, 105, 0, 1]),
    "latin.txt": new Uint8Array([0x66, 0xfc, 0x72]),
    "report.pdf": new Uint8Array([37, 80, 68, 70, 0, 1]),
  });
  const large = await open(join(root, "docs/large.md"), "w");
  await large.truncate(50 * 1024 * 1024);
  await large.close();
  await writeFile(join(root, "secret.md"), "secret");
  await symlink(join(root, "secret.md"), join(root, "docs/link.md"));
  await symlink("good.md", join(root, "docs/alias.md"));
  const error = await refused();
  expect(error).toMatchObject({
    code: "documents_refused",
    message: expect.stringContaining("large.md has 50.0 MB; a document may have 10.0 MB"),
  });
  for (const part of [
    "bad.md is binary, not text",
    "latin.txt is not UTF-8 text",
    "report.pdf is binary, not text",
    "link.md is a link that leads out of the folder",
  ]) {
    expect(error).toMatchObject({ message: expect.stringContaining(part) });
  }
});

test("a principal without a key and a store that does not exist are told", async () => {
  await documents({ "a.md": "Text." });
  await expect(load()).rejects.toMatchObject({ code: "vector_store_not_found" });
  await provision();
  const stranger = { ...loadInput, principal: "component:default/stranger" };
  await expect(load(context(), stranger)).rejects.toMatchObject({ code: "key_not_found" });
  for (const keys of [{}, { key: "k", principal: "component:a" }]) {
    const { principal: _principal, ...rest } = loadInput;
    expect(action("documents:load").input.safeParse({ ...rest, ...keys }).success).toBe(false);
  }
});

test("a model of other dimensions than the store's is refused and stores nothing", async () => {
  await documents({ "a.md": "Text." });
  const small = { ...storeInput, dimensions: 8 };
  await execute(action("vector-store:provision"), small, context({ stepId: "store" }));
  await expect(load()).rejects.toMatchObject({ code: "wrong_dimensions" });
  expect(await listRows()).toEqual([]);
});

test("the preview of a whole plan knows the store that an earlier step would make, and the price", async () => {
  const local = { actor: "user:default/admin" };
  const spec = { owner: "group:default/platform", purpose: "embedding" };
  await catalog.registerEntity(
    {
      apiVersion: "causeway.dev/v1alpha1",
      kind: "Model",
      metadata: { name: "hash" },
      spec: {
        ...spec,
        provider: "provider:default/local",
        modelId: "hash-256",
        contextTokens: 8_000,
        maxOutputTokens: 1,
        price: {
          inputUsdPerMillion: "2.00",
          outputUsdPerMillion: "0",
          since: "2026-01-01",
          notional: true,
        },
      },
    },
    local,
  );
  await catalog.registerEntity(
    {
      apiVersion: "causeway.dev/v1alpha1",
      kind: "Route",
      metadata: { name: "embedding" },
      spec: { ...spec, targets: [{ model: "model:default/hash" }] },
    },
    local,
  );
  await documents({ "a.md": `# A\n\n${"word ".repeat(100)}` });
  await expect(preview(action("documents:load"), loadInput, context())).rejects.toMatchObject({
    code: "vector_store_not_found",
  });
  await preview(action("vector-store:provision"), storeInput, context());
  const seen = await preview(action("documents:load"), loadInput, context());
  expect(seen).toMatchObject({
    summary: `Load 1 documents, 1 passages, into ${storeRef}`,
    changes: [{ verb: "create", kind: "documents", ref: "a.md" }],
    cost: { onceMicroUsd: 254, notional: true },
  });
  await documents({ "a.md": "# A\n\nChanged." });
  const moved = await preview(action("documents:load"), loadInput, context());
  expect(moved.resources).not.toEqual(seen.resources);
});
