import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  ConflictError,
  defineAction,
  entityName,
  entityRef,
  noCost,
  ourApiVersion,
  workspaceNotes,
  type AnyAction,
  type Entity,
  type ExecuteContext,
  type StepContext,
} from "@causeway/contract";
import { z } from "zod";
import type { Db } from "#platform/db/database";
import type { CatalogPort } from "../ports.ts";
import { toStoreRef } from "../service.ts";
import { deleteStore, findStore, insertStore } from "../store/stores.ts";

const input = z.strictObject({
  name: entityName,
  owner: entityRef,
  dimensions: z.int().min(1).max(8_192),
  embeddingRoute: entityRef,
});
type Input = z.output<typeof input>;
const output = z.strictObject({ entityRef: z.string() });
const undoRecord = z.strictObject({
  ref: z.string(),
  madeBy: z.string(),
  change: z.strictObject({ ref: z.string(), before: z.int().nullable(), after: z.int() }),
});

export type ProvisionDeps = { readonly db: Db; readonly catalog: CatalogPort };

export function provisionStore(deps: ProvisionDeps): AnyAction {
  return defineAction({
    id: "vector-store:provision",
    version: 1,
    title: "Provision a vector store",
    input,
    output,
    undoRecord,
    effects: {
      writes: ["vector-store", "catalog"],
      reads: ["catalog"],
      risk: "low",
      undo: "restore",
      cost: "none",
    },
    preview: (input, ctx) => previewProvision(deps, input, ctx),
    execute: (input, ctx) => executeProvision(deps, input, ctx),
    undo: async ({ ref, madeBy, change }, ctx) => {
      const { principal: actor, runId, idempotencyKey: effect } = ctx;
      await deps.catalog.restore([change], { actor, runId, effect });
      ctx.crashPoint("vector-store:provision:entity-restored");
      await deleteStore(deps.db, ref, madeBy);
    },
  });
}

async function previewProvision(deps: ProvisionDeps, input: Input, ctx: StepContext) {
  const ref = toStoreRef(input.name);
  const isTaken = (await findStore(deps.db, ref)) ?? (await deps.catalog.find(ref));
  if (isTaken) throw nameTaken(input.name);
  await notePreview(ctx, ref, input);
  return {
    summary: `Provision the vector store ${input.name} with ${input.dimensions} dimensions`,
    changes: [
      {
        verb: "create" as const,
        kind: "vector-store",
        ref,
        detail: `exact search; embeds through ${input.embeddingRoute}`,
      },
    ],
    resources: [{ ref, version: null }],
    cost: noCost,
    output: { entityRef: ref },
  };
}

async function executeProvision(deps: ProvisionDeps, input: Input, ctx: ExecuteContext) {
  const ref = toStoreRef(input.name);
  const { idempotencyKey: madeBy, principal: actor, runId } = ctx;
  const { name, owner, embeddingRoute, dimensions } = input;
  const store = await insertStore(deps.db, {
    ref,
    name,
    owner,
    embeddingRoute,
    dimensions,
    madeBy,
  });
  if (store.madeBy !== madeBy) throw nameTaken(name);
  ctx.crashPoint("vector-store:provision:row-written");
  const change = await deps.catalog.registerEntity(toEntity(input), {
    actor,
    runId,
    effect: madeBy,
  });
  ctx.crashPoint("vector-store:provision:entity-registered");
  ctx.log("info", `Vector store ${ref} is ready`);
  const { before, after } = change;
  return { output: { entityRef: ref }, undo: { ref, madeBy, change: { ref, before, after } } };
}

function toEntity({ name, owner, embeddingRoute, dimensions }: Input): Entity {
  return {
    apiVersion: ourApiVersion,
    kind: "VectorStore",
    metadata: { name },
    spec: { owner, embeddingRoute, dimensions },
  };
}

const storeNote = z.object({ embeddingRoute: z.string() });

function notePathOf(workspace: string, ref: string): string {
  return join(workspace, workspaceNotes, "vector-stores", `${ref.replaceAll(/[:/]/g, "_")}.json`);
}

/** In a preview the store does not exist yet; the step that would fill it reads this. */
async function notePreview(ctx: StepContext, ref: string, input: Input): Promise<void> {
  const path = notePathOf(ctx.workspace, ref);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, JSON.stringify({ embeddingRoute: input.embeddingRoute }));
}

export async function readPreviewedRoute(
  ctx: StepContext,
  ref: string,
  readText: (path: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  const text = await readText(notePathOf(ctx.workspace, ref));
  return text === undefined ? undefined : storeNote.parse(JSON.parse(text)).embeddingRoute;
}

function nameTaken(name: string): ConflictError {
  return new ConflictError({
    code: "name_taken",
    message: `The name ${name} is already taken by a vector store`,
    fix: "Choose another name.",
    issues: [{ path: "name", message: `"${name}" is already taken by a vector store` }],
  });
}
