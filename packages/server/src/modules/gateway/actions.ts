import {
  defineAction,
  entityName,
  entityRef,
  noCost,
  NotFoundError,
  type ActionPreview,
  type ActionResult,
  type AnyAction,
  type ExecuteContext,
} from "@causeway/contract";
import { z } from "zod";
import type { CatalogPort } from "./ports.ts";
import { createKey, nameTaken, removeKey, type ServiceDeps } from "./service.ts";
import { findLiveKey } from "./store/keys.ts";

const refs = z.array(entityRef);

const createKeyInput = z.strictObject({
  name: entityName,
  principal: entityRef,
  owner: entityRef,
  budget: entityRef.nullable(),
  routes: z.union([z.literal("*"), refs]),
  vectorStores: refs.default([]),
  prompts: z.union([z.literal("*"), refs]).default([]),
  flow: z.string().optional(),
});
type CreateKeyInput = z.output<typeof createKeyInput>;
const keyCreated = z.strictObject({ keyId: z.string() });
type KeyCreated = z.infer<typeof keyCreated>;
type ActionDeps = ServiceDeps & { readonly catalog: CatalogPort };

/** `gateway-key:create`: who may call which models, stores and prompts, and which budget pays. Its secret is issued
 *  apart, to whoever will use it. */
export function createKeyAction(deps: ActionDeps): AnyAction {
  return defineAction({
    id: "gateway-key:create",
    version: 1,
    title: "Create a virtual key",
    input: createKeyInput,
    output: keyCreated,
    undoRecord: keyCreated,
    effects: {
      writes: ["gateway-key"],
      reads: ["catalog"],
      risk: "low",
      undo: "restore",
      cost: "none",
    },
    preview: (input) => previewKey(deps, input),
    execute: (input, ctx) => executeKey(deps, input, ctx),
    undo: async (record, ctx) => {
      ctx.crashPoint("gateway-key:create:undo");
      await removeKey(deps, record.keyId);
    },
  });
}

async function previewKey(
  deps: ActionDeps,
  input: CreateKeyInput,
): Promise<ActionPreview<KeyCreated>> {
  const existing = await findLiveKey(deps.db, input.principal, input.name);
  if (existing) throw nameTaken(input.principal, input.name);
  const ref = `key:${input.principal}/${input.name}`;
  const pays = input.budget ?? "no budget: nothing limits its spend";
  const detail = `Routes ${listed(input.routes)}; paid by ${pays}`;
  return {
    summary: `Create the virtual key ${input.name} for ${input.principal}`,
    changes: [{ verb: "create", kind: "key", ref, detail }],
    resources: [{ ref, version: null }],
    cost: noCost,
    output: {},
  };
}

async function executeKey(
  deps: ActionDeps,
  input: CreateKeyInput,
  ctx: ExecuteContext,
): Promise<ActionResult<KeyCreated, KeyCreated>> {
  // An earlier step of the same run may make the budget, so only the execution insists on it.
  if (input.budget !== null && !(await deps.catalog.find(input.budget))) {
    throw new NotFoundError({
      code: "budget_not_found",
      message: `The key's budget ${input.budget} does not exist`,
      fix: "Create the Budget first, or name one that exists.",
    });
  }
  ctx.crashPoint("gateway-key:create:before");
  const { budget, flow, ...rest } = input;
  const key = { ...rest, budgetRef: budget, flow: flow ?? null };
  const keyId = await createKey(deps, key, ctx.idempotencyKey);
  ctx.crashPoint("gateway-key:create:key");
  ctx.log("info", `Key ${input.name} of ${input.principal} is ${keyId}`);
  return { output: { keyId }, undo: { keyId } };
}

function listed(names: readonly string[] | "*"): string {
  return names === "*" ? "all" : names.join(", ") || "none";
}
