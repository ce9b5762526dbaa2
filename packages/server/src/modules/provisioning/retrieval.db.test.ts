import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { internalHeaders, vectorSearchResult, type VectorSearchResult } from "@causeway/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import type { App } from "../../http/app.ts";
import { createCatalog } from "#modules/catalog";
import { systemClock } from "#platform/clock";
import { silentLog } from "#platform/log";
import { createNotifier, type Notifier } from "#platform/notify";
import { appWith } from "#test/app";
import { useDatabase } from "#test/database";
import { embeddingDimensions, localEmbedding } from "#test/local-embedding";
import { execute, stepContext } from "#test/step-context";
import { createProvisioning } from "./index.ts";

const { db, url } = useDatabase();
const acme = fileURLToPath(new URL("../../../../../examples/acme/", import.meta.url));
const documents = join(acme, "documents");
let notifier: Notifier;
let app: App;
let workspace: string;

/** The example's documents, loaded as a run would, with the offline embedder. */
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), "causeway-recall-"));
  notifier = createNotifier({ url, log: silentLog });
  const readSource = async () => undefined;
  const catalog = createCatalog({ db, notifier, clock: systemClock, readSource });
  const { actions, routes } = createProvisioning({
    db,
    catalog,
    embedding: localEmbedding(),
    base: workspace,
  });
  app = await appWith(routes);
  const inputs: Readonly<Record<string, object>> = {
    "vector-store:provision": {
      name: "acme",
      owner: "group:default/platform",
      dimensions: embeddingDimensions,
      embeddingRoute: "route:default/embedding",
    },
    "documents:load": {
      store: "vectorstore:default/acme",
      folder: documents,
      principal: "component:default/handbook",
    },
  };
  for (const action of actions) {
    await execute(action, inputs[action.id], stepContext({ workspace, stepId: action.id }));
  }
});
afterAll(async () => {
  await app.close();
  await notifier.close();
  await rm(workspace, { recursive: true });
});

const questions = z.array(
  z.discriminatedUnion("found", [
    z.strictObject({
      question: z.string(),
      found: z.literal(true),
      sources: z.array(z.string()),
      mustContain: z.string(),
    }),
    z.strictObject({ question: z.string(), found: z.literal(false) }),
  ]),
);

async function search(query: string): Promise<VectorSearchResult["data"]> {
  const answer = await app.inject({
    method: "POST",
    url: "/internal/v1/vector_stores/acme/search",
    headers: {
      [internalHeaders.keyId]: "key_handbook",
      [internalHeaders.principal]: "component:default/handbook",
    },
    payload: { query, max_num_results: 4 },
  });
  return vectorSearchResult.parse(answer.json()).data;
}

test("recall@4 on the questions that the example documents answer", async () => {
  const all = questions.parse(parse(await readFile(join(acme, "questions.yaml"), "utf8")));
  const answered = all.filter((question) => question.found);
  expect(answered).toHaveLength(20);
  let sources = 0;
  let passages = 0;
  for (const { question, sources: paths, mustContain } of answered) {
    const hits = await search(question);
    const right = hits.filter(({ attributes }) => paths.includes(attributes.path));
    if (right.length > 0) sources += 1;
    if (right.some(({ content }) => content[0]?.text.includes(mustContain))) passages += 1;
  }
  process.stdout.write(
    `recall@4 on examples/acme: source file ${sources}/20, passage with the answer ${passages}/20\n`,
  );
  // First measured with the code as it was written, before any change for it: 20 and 20. One miss is left for documents
  // that change.
  expect(sources).toBeGreaterThanOrEqual(19);
  expect(passages).toBeGreaterThanOrEqual(19);
});

test("V1: every passage that is found stands word for word in its file", async () => {
  const hits = await search("What does Acme pay, and what may a person do?");
  expect(hits).toHaveLength(4);
  for (const { attributes, content } of hits) {
    const file = await readFile(join(documents, attributes.path), "utf8");
    expect(file).toContain(content[0]?.text);
  }
});
