import {
  defineAction,
  entityName,
  entityRef,
  InvalidError,
  noCost,
  ourApiVersion,
  promptSpec,
  refOfEntity,
  type ActionPreview,
  type AnyAction,
  type Entity,
  type ExecuteContext,
  type JsonObject,
  type PromptContent,
} from "@causeway/contract";
import { stringify } from "yaml";
import { z } from "zod";
import { parseCatalogFile, unifiedDiff } from "#modules/catalog";
import { readWorkspaceFile } from "./client.ts";
import { defaultLabel, promptOf, toContent } from "./content.ts";
import type { CatalogPort } from "./ports.ts";
import {
  assertCanRestore,
  hashOf,
  planPublish,
  publishPrompt,
  restoreLabel,
  type PromptStore,
  type PublishPlan,
} from "./service.ts";

export type PromptActionDeps = PromptStore & { readonly catalog: CatalogPort };

const label = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "use small letters, digits and '-'")
  .default(defaultLabel);

const fromFile = z.strictObject({
  /** A file of the run that holds one Prompt entity. */
  file: z.string().min(1).max(500),
  label,
});
const inPlace = z.strictObject({
  name: entityName,
  owner: entityRef,
  description: z.string().optional(),
  system: promptSpec.shape.system,
  template: promptSpec.shape.template,
  variables: promptSpec.shape.variables,
  route: promptSpec.shape.route,
  retrieval: promptSpec.shape.retrieval,
  label,
});
const input = z.union([fromFile, inPlace]);
type Input = z.output<typeof input>;

const output = z.strictObject({
  promptRef: z.string(),
  version: z.int().positive(),
  hash: z.string(),
});
const version = z.int().nullable();
const undoRecord = z.strictObject({
  move: z.strictObject({ ref: z.string(), label: z.string(), before: version, after: z.int() }),
  entity: z.strictObject({ ref: z.string(), before: version, after: z.int() }),
});

export function promptPublish(deps: PromptActionDeps): AnyAction {
  return defineAction({
    id: "prompt:publish",
    version: 1,
    title: "Publish a prompt version",
    description:
      "Makes a numbered version of the prompt's content and gives it a label; the gateway serves what is labelled production.",
    input,
    output,
    undoRecord,
    effects: {
      writes: ["prompt", "catalog"],
      reads: ["workspace", "catalog"],
      risk: "low",
      undo: "restore",
      cost: "none",
    },
    preview: async (input, ctx) => {
      const prompt = await readPrompt(deps, input, ctx.workspace);
      return toPreview(prompt, await planPublish(deps.db, prompt));
    },
    execute: (input, ctx) => executePublish(deps, input, ctx),
    undo: async ({ move, entity }, ctx) => {
      const origin = { actor: ctx.principal, runId: ctx.runId, effect: ctx.idempotencyKey };
      await assertCanRestore(deps.db, move);
      await deps.catalog.restore([entity], origin);
      ctx.crashPoint("prompt:publish:entity-restored");
      await restoreLabel(deps, move, origin);
    },
  });
}

async function executePublish(deps: PromptActionDeps, input: Input, ctx: ExecuteContext) {
  const prompt = await readPrompt(deps, input, ctx.workspace);
  const origin = { actor: ctx.principal, runId: ctx.runId, effect: ctx.idempotencyKey };
  const move = await publishPrompt(deps, { ...prompt, ...origin });
  ctx.crashPoint("prompt:publish:label-moved");
  const entity = await deps.catalog.registerEntity(prompt.entity, origin);
  ctx.crashPoint("prompt:publish:entity-registered");
  ctx.log("info", `${prompt.ref} ${prompt.label} is version ${move.after}`);
  const hash = hashOf(prompt.content);
  return {
    output: { promptRef: prompt.ref, version: move.after, hash },
    undo: { move, entity },
  };
}

type ReadPrompt = {
  readonly ref: string;
  readonly label: string;
  readonly entity: Entity;
  readonly content: PromptContent;
};

async function readPrompt(
  deps: PromptActionDeps,
  input: Input,
  workspace: string,
): Promise<ReadPrompt> {
  if ("file" in input) {
    const entity = await readEntity(workspace, input.file);
    const content = toContent(entity, input.file);
    return { ref: refOfEntity(entity), label: input.label, entity, content };
  }
  const entity = await toEntity(deps.catalog, input);
  return { ref: refOfEntity(entity), label: input.label, entity, content: toContent(entity) };
}

async function readEntity(workspace: string, file: string): Promise<Entity> {
  const text = await readWorkspaceFile(workspace, file);
  const { entities, issues } = await parseCatalogFile(text, file);
  if (issues.length > 0) {
    throw new InvalidError({
      code: "invalid_prompt",
      message: `${file} is not valid: ${issues.map((i) => `${i.path} ${i.message}`).join("; ")}`,
      fix: "Mend the file at the named places; nothing was changed.",
      issues,
    });
  }
  return promptOf(
    entities.map((item) => item.entity),
    file,
  );
}

/** A prompt that is edited in place keeps what its entity says beside the spec. */
async function toEntity(
  catalog: CatalogPort,
  { name, label: _label, description, ...fields }: z.output<typeof inPlace>,
): Promise<Entity> {
  const kept = (await catalog.find(`prompt:default/${name}`))?.metadata ?? {};
  const spec: JsonObject = JSON.parse(JSON.stringify(fields)) as JsonObject; // leaves out what is undefined
  return {
    apiVersion: ourApiVersion,
    kind: "Prompt",
    metadata: { ...kept, name, ...(description === undefined ? {} : { description }) },
    spec,
  };
}

function toPreview(prompt: ReadPrompt, plan: PublishPlan): ActionPreview<z.output<typeof output>> {
  const { ref, label, content } = prompt;
  const isPublished = plan.published?.version === plan.version;
  const summary = isPublished
    ? `Version ${plan.version} of ${ref} is ${label} already`
    : `Publish version ${plan.version} of ${ref} as ${label}`;
  return {
    summary,
    changes: isPublished
      ? []
      : [
          {
            verb: plan.published ? "update" : "create",
            kind: "prompt",
            ref,
            detail: plan.isNew ? `version ${plan.version}` : `back to version ${plan.version}`,
            diff: unifiedDiff(
              plan.published ? stringify(plan.published.content) : "",
              stringify(content),
            ),
          },
        ],
    resources: [{ ref: `${ref}@${label}`, version: plan.publishedHash }],
    cost: noCost,
    output: { promptRef: ref, version: plan.version, hash: hashOf(content) },
  };
}
