import { readFile } from "node:fs/promises";
import {
  costMicroUsd,
  defineAction,
  entityRef,
  modelSpec,
  NotFoundError,
  noCost,
  parseUsd,
  routeSpec,
  type AnyAction,
  type Change,
  type Cost,
  type ExecuteContext,
  type StepContext,
} from "@causeway/contract";
import { z } from "zod";
import { sha256 } from "#platform/ids";
import { estimateTokens, searchTextOf } from "../chunks.ts";
import { planLoad, toBatches, type PlannedDocument, type ReadDocument } from "../plan-load.ts";
import type { CatalogPort } from "../ports.ts";
import { getStore, storeBatch, type ServiceDeps } from "../service.ts";
import { listCurrentFiles, removeLoad } from "../store/files.ts";
import { findStore, lockStore, touchStore } from "../store/stores.ts";
import { readPreviewedRoute } from "./provision-store.ts";
import { readFolder } from "./read-folder.ts";

const input = z
  .strictObject({
    store: entityRef,
    /** Absolute, or relative to the platform's folder. */
    folder: z.string().min(1),
    /** Under which key the embeddings run: its id … */
    key: z.string().optional(),
    /** … or whose key. A plan that makes the key knows its principal before, its id only in the run. */
    principal: entityRef.optional(),
  })
  .refine((value) => (value.key === undefined) !== (value.principal === undefined), {
    message: "name either the key or its principal",
    path: ["key"],
  });
type Input = z.output<typeof input>;
const output = z.strictObject({
  documents: z.int(),
  passages: z.int(),
  /** Documents that the store held already. */
  unchanged: z.int(),
});
const undoRecord = z.strictObject({ store: z.string(), madeBy: z.string() });

export type LoadDeps = ServiceDeps & {
  readonly catalog: CatalogPort;
  /** What a relative folder is relative to. */
  readonly base: string;
};

const chunksAtOnce = 64;
const shownDocuments = 100;

export function loadDocuments(deps: LoadDeps): AnyAction {
  return defineAction({
    id: "documents:load",
    version: 1,
    title: "Load documents into a vector store",
    description:
      "Cuts Markdown and text files into passages, embeds them under the given key and stores them; what is there already costs nothing.",
    input,
    output,
    undoRecord,
    effects: {
      writes: ["vector-store"],
      reads: ["documents", "catalog"],
      risk: "low",
      undo: "restore",
      cost: "usage",
    },
    preview: (input, ctx) => previewLoad(deps, input, ctx),
    execute: (input, ctx) => executeLoad(deps, input, ctx),
    undo: async ({ store, madeBy }, ctx) => {
      await deps.db.transaction().execute(async (tx) => {
        if (!(await lockStore(tx, store))) return;
        await removeLoad(tx, store, madeBy);
        await touchStore(tx, store);
      });
      ctx.crashPoint("documents:load:removed");
    },
  });
}

async function previewLoad(deps: LoadDeps, input: Input, ctx: StepContext) {
  const { documents, folder, passedOver } = await readFolder(input.folder, deps.base);
  const store = await findStore(deps.db, input.store);
  const readText = (path: string) => readFile(path, "utf8").catch(() => undefined);
  const route = store?.embeddingRoute ?? (await readPreviewedRoute(ctx, input.store, readText));
  if (route === undefined) await getStore(deps.db, input.store);
  const planned = planLoad(documents, store ? await listCurrentFiles(deps.db, store.ref) : []);
  const passages = countPassages(planned);
  return {
    summary: `Load ${planned.length} documents, ${passages} passages, into ${input.store}${named(passedOver)}`,
    changes: toChanges(planned),
    resources: [{ ref: `documents:${folder}`, version: hashOf(documents) }],
    cost: await estimateCost(deps.catalog, route, planned),
    output: { documents: planned.length, passages, unchanged: documents.length - planned.length },
  };
}

async function executeLoad(deps: LoadDeps, input: Input, ctx: ExecuteContext) {
  const { documents, passedOver } = await readFolder(input.folder, deps.base);
  const store = await getStore(deps.db, input.store);
  const keyId = await getKey(deps, input);
  if (passedOver.length > 0) ctx.log("info", `Passed over: ${passedOver.join(", ")}`);
  const planned = planLoad(documents, await listCurrentFiles(deps.db, store.ref));
  await deps.embedding.awaitApplied();
  // One trace for the whole load, the same after a kill, so that its ledger rows are found together.
  const caller = { keyId, traceId: sha256(ctx.idempotencyKey).slice(0, 32) };
  let done = documents.length - planned.length;
  ctx.progress(done, documents.length, "documents");
  for (const batch of toBatches(planned, chunksAtOnce)) {
    ctx.signal.throwIfAborted();
    const { idempotencyKey: madeBy, signal } = ctx;
    const onEmbedded = () => ctx.crashPoint("documents:load:embedded");
    await storeBatch(deps, { store, batch, madeBy, caller, signal, onEmbedded });
    ctx.crashPoint("documents:load:batch-stored");
    done += batch.length;
    ctx.progress(done, documents.length, "documents");
  }
  const loaded = await listLoaded(deps, store.ref, ctx);
  const own = documents.filter(({ path }) => loaded.has(path));
  const passages = own.reduce((sum, { chunks }) => sum + chunks.length, 0);
  ctx.log("info", `Loaded ${own.length} documents, ${passages} passages, into ${store.ref}`);
  return {
    output: { documents: own.length, passages, unchanged: documents.length - own.length },
    undo: { store: store.ref, madeBy: ctx.idempotencyKey },
  };
}

/** Paths that this step has stored, before a kill or after it. */
async function listLoaded(
  deps: LoadDeps,
  storeRef: string,
  ctx: ExecuteContext,
): Promise<ReadonlySet<string>> {
  const files = await listCurrentFiles(deps.db, storeRef);
  return new Set(
    files.filter(({ madeBy }) => madeBy === ctx.idempotencyKey).map(({ path }) => path),
  );
}

async function getKey({ embedding }: LoadDeps, input: Input): Promise<string> {
  const keyId = input.key ?? (await embedding.findKeyOf(input.principal ?? ""));
  if (keyId !== undefined) return keyId;
  throw new NotFoundError({
    code: "key_not_found",
    message: `${input.principal} has no key under which its documents could be embedded`,
    fix: "Create its key in a step before this one.",
  });
}

function countPassages(planned: readonly PlannedDocument[]): number {
  return planned.reduce((sum, { document }) => sum + document.chunks.length, 0);
}

function named(passedOver: readonly string[]): string {
  if (passedOver.length === 0) return "";
  return `; ${passedOver.length} other files are passed over`;
}

function toChanges(planned: readonly PlannedDocument[]): Change[] {
  const changes = planned.slice(0, shownDocuments).map(({ document, verb }): Change => {
    const { path, title, chunks, bytes } = document;
    const detail = `${title}: ${chunks.length} passages, ${bytes} bytes`;
    return { verb, kind: "documents", ref: path, detail };
  });
  const more = planned.length - shownDocuments;
  if (more <= 0) return changes;
  return [...changes, { verb: "create", kind: "documents", ref: `and ${more} more` }];
}

function hashOf(documents: readonly ReadDocument[]): string {
  return sha256(documents.map(({ path, contentHash }) => `${contentHash} ${path}`).join("\n"));
}

/** By the declared price of the route's first model; unknown when there is none (I12). */
async function estimateCost(
  catalog: CatalogPort,
  routeRef: string | undefined,
  planned: readonly PlannedDocument[],
): Promise<Cost> {
  if (planned.length === 0) return noCost;
  const price = routeRef === undefined ? undefined : await findPrice(catalog, routeRef);
  if (!price) return { monthlyMicroUsd: 0, onceMicroUsd: null, notional: false };
  const inputTokens = planned
    .flatMap(({ document }) => document.chunks.map((chunk) => searchTextOf(document.title, chunk)))
    .reduce((sum, text) => sum + estimateTokens(text), 0);
  const onceMicroUsd = costMicroUsd({ inputTokens, outputTokens: 0 }, price);
  return { monthlyMicroUsd: 0, onceMicroUsd, notional: price.notional };
}

async function findPrice(catalog: CatalogPort, routeRef: string) {
  const route = routeSpec.safeParse((await catalog.find(routeRef))?.spec);
  const modelRef = route.data?.targets[0]?.model;
  if (modelRef === undefined) return undefined;
  const price = modelSpec.safeParse((await catalog.find(modelRef))?.spec).data?.price;
  const input = price && parseUsd(price.inputUsdPerMillion);
  const output = price && parseUsd(price.outputUsdPerMillion);
  if (!price || input === undefined || output === undefined) return undefined;
  return {
    inputMicroUsdPerMillion: input,
    outputMicroUsdPerMillion: output,
    notional: price.notional,
    since: price.since,
  };
}
