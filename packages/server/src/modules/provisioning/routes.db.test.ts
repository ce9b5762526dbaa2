import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { internalHeaders, vectorSearchResult } from "@causeway/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { App } from "../../http/app.ts";
import { createCatalog } from "#modules/catalog";
import { systemClock } from "#platform/clock";
import { silentLog } from "#platform/log";
import { createNotifier, type Notifier } from "#platform/notify";
import { appWith } from "#test/app";
import { useDatabase } from "#test/database";
import { embeddingDimensions, localEmbedding, type LocalEmbedding } from "#test/local-embedding";
import { execute, stepContext } from "#test/step-context";
import { createProvisioning } from "./index.ts";

const { db, url } = useDatabase();
let notifier: Notifier;
let app: App;
let embedding: LocalEmbedding;
let workspace: string;

beforeAll(async () => {
  workspace = await mkdtemp(`${tmpdir()}/causeway-vectors-`);
  notifier = createNotifier({ url, log: silentLog });
  const readSource = async () => undefined;
  const catalog = createCatalog({ db, notifier, clock: systemClock, readSource });
  embedding = localEmbedding();
  const { actions, routes } = createProvisioning({ db, catalog, embedding, base: workspace });
  app = await appWith(routes);
  const provision = actions.find(({ id }) => id === "vector-store:provision");
  if (!provision) throw new Error("no such action");
  const input = {
    name: "notes",
    owner: "group:default/platform",
    dimensions: embeddingDimensions,
    embeddingRoute: "route:default/embedding",
  };
  await execute(provision, input, stepContext({ workspace }));
});
afterAll(async () => {
  await app.close();
  await notifier.close();
  await rm(workspace, { recursive: true });
});
beforeEach(async () => {
  await sql`truncate vector_file, uploaded_file cascade`.execute(db);
  embedding.calls.length = 0;
});

const traceId = "0af7651916cd43dd8448eb211c80319c";
const caller = {
  [internalHeaders.keyId]: "key_handbook",
  [internalHeaders.principal]: "component:default/handbook",
  traceparent: `00-${traceId}-b7ad6b7169203331-01`,
};

type Sent = { readonly headers?: Record<string, string> };

function post(path: string, payload: object, { headers = caller }: Sent = {}) {
  return app.inject({ method: "POST", url: `/internal/v1/${path}`, headers, payload });
}

function upload(name: string, content: string | Buffer, { headers = caller }: Sent = {}) {
  const form = new FormData();
  form.append("purpose", "assistants");
  form.append("file", new Blob([new Uint8Array(Buffer.from(content))]), name);
  return app.inject({ method: "POST", url: "/internal/v1/files", headers, payload: form });
}

async function put(name: string, content: string, path?: string) {
  const { id } = (await upload(name, content)).json<{ id: string }>();
  const attributes = path === undefined ? null : { path };
  return post("vector_stores/notes/files", { file_id: id, attributes });
}

test("a file is uploaded, put into a store and found, in OpenAI's shape, paid by the caller's key", async () => {
  const uploaded = await upload("trains.md", "# Trains\n\nThe night train leaves at ten.\n");
  expect(uploaded.statusCode).toBe(200);
  expect(uploaded.json()).toMatchObject({ object: "file", bytes: 41, filename: "trains.md" });
  const stored = await put(
    "trains.md",
    "# Trains\n\nThe night train leaves at ten.\n",
    "travel/trains.md",
  );
  expect(stored.json()).toMatchObject({
    object: "vector_store.file",
    vector_store_id: "notes",
    status: "completed",
    attributes: { path: "travel/trains.md" },
  });
  await put("garden.md", "# Garden\n\nRoses need water.\n");
  const found = await post("vector_stores/notes/search", {
    query: "When does the train leave?",
    max_num_results: 1,
  });
  expect(found.statusCode).toBe(200);
  const page = vectorSearchResult.parse(found.json());
  expect(page.data).toMatchObject([
    {
      filename: "travel/trains.md",
      attributes: { path: "travel/trains.md", title: "Trains" },
      content: [{ type: "text", text: "# Trains\n\nThe night train leaves at ten." }],
    },
  ]);
  expect(page.usage).toEqual({ inputTokens: 5, costMicroUsd: 3, notional: true });
  expect(embedding.calls.at(-1)).toMatchObject({ keyId: "key_handbook", traceId });
});

test("the same content at the same path is stored and embedded once, other content replaces it", async () => {
  const first = (await put("a.md", "One.")).json<{ id: string }>();
  const second = (await put("a.md", "One.")).json<{ id: string }>();
  expect(second.id).toBe(first.id);
  expect(embedding.calls).toHaveLength(1);
  await put("a.md", "Two.");
  const listed = await app.inject({
    url: "/internal/v1/vector_stores/notes/files",
    headers: caller,
  });
  expect(listed.json()).toMatchObject({ object: "list", data: [{ attributes: { path: "a.md" } }] });
  const found = await post("vector_stores/notes/search", { query: "one two" });
  const texts = vectorSearchResult.parse(found.json()).data.map(({ content }) => content[0]?.text);
  expect(texts).toEqual(["Two."]);
});

test("an upload belongs to its principal", async () => {
  const { id } = (await upload("a.md", "Mine.")).json<{ id: string }>();
  const other = { ...caller, [internalHeaders.principal]: "component:default/other" };
  const asked = await app.inject({ url: `/internal/v1/files/${id}`, headers: other });
  expect(asked.statusCode).toBe(404);
  const stolen = await post("vector_stores/notes/files", { file_id: id }, { headers: other });
  expect(stolen.json()).toMatchObject({ status: 404, code: "file_not_found" });
});

test("binary and oversized files, and a form without file, are refused in words", async () => {
  expect((await upload("a.bin", Buffer.from([1, 0, 2]))).json()).toMatchObject({
    status: 400,
    code: "file_refused",
    detail: "a.bin is binary, not text",
  });
  expect((await upload("big.md", Buffer.alloc(11 * 1024 * 1024, "a"))).json()).toMatchObject({
    status: 400,
    code: "file_refused",
    detail: "big.md is larger than 10.0 MB",
  });
  const form = new FormData();
  form.append("purpose", "assistants");
  const empty = await app.inject({
    method: "POST",
    url: "/internal/v1/files",
    headers: caller,
    payload: form,
  });
  expect(empty.json()).toMatchObject({ status: 400, code: "file_missing" });
});

test("an unknown store, a wrong question and a call in nobody's name are refused", async () => {
  const unknown = await post("vector_stores/nothing/search", { query: "x" });
  expect(unknown.json()).toMatchObject({ status: 404, code: "vector_store_not_found" });
  const wrong = await post("vector_stores/notes/search", { query: "", max_num_results: 99 });
  expect(wrong.statusCode).toBe(400);
  expect(wrong.json()).toMatchObject({ issues: [{ path: "query" }, { path: "max_num_results" }] });
  const nobody = await post("vector_stores/notes/search", { query: "x" }, { headers: {} });
  expect(nobody.json()).toMatchObject({ status: 400, code: "caller_missing" });
  expect(embedding.calls).toEqual([]);
});

test("a store without passages answers an empty page", async () => {
  const found = await post("vector_stores/notes/search", { query: "anything" });
  expect(found.json()).toMatchObject({ data: [], has_more: false });
});
