import {
  defineAction,
  entityName,
  entityRef,
  NotFoundError,
  type AnyAction,
} from "@causeway/contract";
import { z } from "zod";
import type { CatalogPort } from "./ports.ts";
import { createKey, nameTaken, removeKey, type ServiceDeps } from "./service.ts";
import { findLiveKey } from "./store/keys.ts";

const refs = z.array(entityRef);

/** `gateway-key:create`: who may call which models, stores and prompts, and which budget pays. Its secret is issued
 *  apart, to whoever will use it. */
export function createKeyAction(deps: ServiceDeps & { readonly catalog: CatalogPort }): AnyAction {
  return defineAction({
    id: "gateway-key:create",
    version: 1,
    title: "Create a virtual key",
    input: z.strictObject({
      name: entityName,
      principal: entityRef,
      owner: entityRef,
      budget: entityRef.nullable(),
      routes: z.union([z.literal("*"), refs]),
      vectorStores: refs.default([]),
      prompts: z.union([z.literal("*"), refs]).default([]),
      flow: z.string().optional(),
    }),
    output: z.strictObject({ keyId: z.string() }),
    undoRecord: z.strictObject({ keyId: z.string() }),
    effects: {
      writes: ["gateway-key"],
      reads: ["catalog"],
      risk: "low",
      undo: "restore",
      cost: "none",
    },
    preview: async (input) => {
      const existing = await findLiveKey(deps.db, input.principal, input.name);
      if (existing) throw nameTaken(input.principal, input.name);
      const pays = input.budget ?? "no budget: nothing limits its spend";
      return {
        summary: `Create the virtual key ${input.name} for ${input.principal}`,
        changes: [
          {
            verb: "create",
            kind: "key",
            ref: `${input.principal}/${input.name}`,
            detail: `Routes ${listed(input.routes)}; paid by ${pays}`,
          },
        ],
        resources: [{ ref: `key:${input.principal}/${input.name}`, version: null }],
        cost: { monthlyMicroUsd: 0, onceMicroUsd: 0, notional: false },
        output: {},
      };
    },
    execute: async (input, ctx) => {
      // An earlier step of the same run may make the budget, so only the execution insists on it.
      if (input.budget !== null && !(await deps.catalog.find(input.budget))) {
        throw new NotFoundError({
          code: "budget_not_found",
          message: `The key's budget ${input.budget} does not exist`,
          fix: "Create the Budget first, or name one that exists.",
        });
      }
      ctx.crashPoint("gateway-key:create:before");
      const keyId = await createKey(
        deps,
        {
          name: input.name,
          principal: input.principal,
          owner: input.owner,
          flow: input.flow ?? null,
          budgetRef: input.budget,
          routes: input.routes,
          prompts: input.prompts,
          vectorStores: input.vectorStores,
        },
        ctx.idempotencyKey,
      );
      ctx.crashPoint("gateway-key:create:key");
      ctx.log("info", `Key ${input.name} of ${input.principal} is ${keyId}`);
      return { output: { keyId }, undo: { keyId } };
    },
    undo: async (record, ctx) => {
      ctx.crashPoint("gateway-key:create:undo");
      await removeKey(deps, record.keyId);
    },
  });
}

function listed(names: readonly string[] | "*"): string {
  return names === "*" ? "all" : names.join(", ") || "none";
}
