import {
  defineAction,
  entityInput,
  InvalidError,
  noCost,
  NotFoundError,
  refOfEntity,
  type ActionEffects,
  type ActionPreview,
  type AnyAction,
  type Change,
  type Entity,
} from "@causeway/contract";
import { stringify } from "yaml";
import { z } from "zod";
import { unifiedDiff } from "./diff.ts";
import { mainEntityOf } from "./entity.ts";
import { parseCatalogFile } from "./parse-file.ts";
import type { ChangeOrigin, EntityChange, PlannedChange } from "./service.ts";

/** The text behind an address; undefined when nobody can read addresses of that kind. In a preview, files that the run
 *  itself would make are found through the workspace. */
export type ReadSource = (
  url: string,
  options?: { readonly workspace?: string },
) => Promise<string | undefined>;

export type CatalogActionDeps = {
  readonly plan: (
    entities: readonly Entity[],
    location: string | undefined,
  ) => Promise<PlannedChange[]>;
  readonly apply: (entities: readonly Entity[], origin: ChangeOrigin) => Promise<EntityChange[]>;
  readonly restore: (changes: readonly EntityChange[], origin: ChangeOrigin) => Promise<void>;
  readonly readSource: ReadSource;
};

const entityList = z
  .array(entityInput)
  .min(1)
  .max(1_000)
  .transform((list) => list as readonly Entity[]); // the shape is checked here, the rules by the service

const applyInput = z.strictObject({
  entities: entityList,
  /** Location ref of the file that they were read from, for example `file:examples/acme/catalog/models.yaml`. */
  location: z.string().min(1).max(1_000).optional(),
});
const applyOutput = z.strictObject({ entityRefs: z.array(z.string()) });

const registerInput = z.strictObject({
  catalogInfoUrl: z.string().min(1).optional(),
  repoContentsUrl: z.string().min(1).optional(),
  catalogInfoPath: z.string().min(1).default("/catalog-info.yaml"),
  /** A missing file is no fault. */
  optional: z.boolean().default(false),
});
type RegisterInput = z.output<typeof registerInput>;
const registerOutput = z.strictObject({
  entityRef: z.string().optional(),
  catalogInfoUrl: z.string(),
});

const undoRecord = z.array(
  z.strictObject({ ref: z.string(), before: z.int().nullable(), after: z.int() }),
);
const effects: ActionEffects = {
  writes: ["catalog"],
  reads: ["catalog"],
  risk: "low",
  undo: "restore",
  cost: "none",
};

export function catalogApply(deps: CatalogActionDeps): AnyAction {
  return defineAction({
    id: "catalog:apply",
    version: 1,
    title: "Apply entities to the catalog",
    description:
      "Creates or updates the given entities; those that are equal already stay as they are.",
    input: applyInput,
    literalInput: ["entities"],
    output: applyOutput,
    undoRecord,
    effects,
    preview: async ({ entities, location }) => {
      const planned = await deps.plan(entities, location);
      return { ...toPreview(planned), output: { entityRefs: entities.map(refOfEntity) } };
    },
    execute: async ({ entities, location }, ctx) => {
      const changes = await deps.apply(entities, {
        actor: ctx.principal,
        runId: ctx.runId,
        effect: ctx.idempotencyKey,
        location,
      });
      ctx.crashPoint("catalog:apply:written");
      ctx.log("info", summaryOf(changes.map(verbOf)));
      return { output: { entityRefs: changes.map((change) => change.ref) }, undo: changes };
    },
    undo: async (changes, ctx) => {
      await deps.restore(changes, undoOrigin(ctx));
      ctx.crashPoint("catalog:apply:restored");
    },
  });
}

export function catalogRegister(deps: CatalogActionDeps): AnyAction {
  return defineAction({
    id: "catalog:register",
    version: 1,
    title: "Register a catalog file",
    description: "Reads catalog-info.yaml from a repository and applies its entities.",
    input: registerInput,
    output: registerOutput,
    undoRecord,
    effects: { ...effects, reads: ["catalog", "repository"] },
    preview: async (input, ctx) => {
      const source = await readEntities(deps, input, ctx.workspace);
      if (source.entities.length === 0) return nothingThere(source.url);
      const planned = await deps.plan(source.entities, `url:${source.url}`);
      return { ...toPreview(planned), output: registered(source.url, source.entities) };
    },
    execute: async (input, ctx) => {
      const { url, entities } = await readEntities(deps, input);
      if (entities.length === 0) {
        ctx.log("warn", `${url} does not exist; nothing was registered`);
        return { output: { catalogInfoUrl: url }, undo: [] };
      }
      const changes = await deps.apply(entities, {
        actor: ctx.principal,
        runId: ctx.runId,
        effect: ctx.idempotencyKey,
        location: `url:${url}`,
      });
      ctx.crashPoint("catalog:register:written");
      ctx.log("info", `${url}: ${summaryOf(changes.map(verbOf))}`);
      return { output: registered(url, entities), undo: changes };
    },
    undo: async (changes, ctx) => {
      await deps.restore(changes, undoOrigin(ctx));
      ctx.crashPoint("catalog:register:restored");
    },
  });
}

type UndoContext = {
  readonly principal: string;
  readonly runId: string;
  readonly idempotencyKey: string;
};

function undoOrigin(ctx: UndoContext): ChangeOrigin {
  return { actor: ctx.principal, runId: ctx.runId, effect: ctx.idempotencyKey };
}

type Source = { readonly url: string; readonly entities: readonly Entity[] };

async function readEntities(
  deps: CatalogActionDeps,
  input: RegisterInput,
  workspace?: string,
): Promise<Source> {
  const url = addressOf(input);
  const text = await readText(deps, { url, optional: input.optional }, workspace);
  if (text === undefined) return { url, entities: [] };
  const { entities, issues } = await parseCatalogFile(text, fileNameOf(url));
  if (issues.length > 0) throw invalidFile(url, issues);
  if (entities.length === 0) throw invalidFile(url, [{ path: url, message: "holds no entity" }]);
  return { url, entities: entities.map((item) => item.entity) };
}

async function readText(
  deps: CatalogActionDeps,
  source: { readonly url: string; readonly optional: boolean },
  workspace?: string,
): Promise<string | undefined> {
  try {
    const text = await deps.readSource(source.url, workspace === undefined ? {} : { workspace });
    if (text === undefined) throw unreadable(source.url);
    return text;
  } catch (error) {
    if (source.optional && error instanceof NotFoundError) return undefined;
    throw error;
  }
}

function addressOf(input: RegisterInput): string {
  if (input.catalogInfoUrl !== undefined) return input.catalogInfoUrl;
  if (input.repoContentsUrl === undefined) {
    throw new InvalidError({
      code: "invalid_input",
      message: "catalog:register needs catalogInfoUrl or repoContentsUrl",
      fix: "Pass the repoContentsUrl that the publish step returned.",
    });
  }
  const path = input.catalogInfoPath.replace(/^\/+/, "");
  return `${input.repoContentsUrl.replace(/\/+$/, "")}/${path}`;
}

function fileNameOf(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1) || url;
}

function invalidFile(
  url: string,
  issues: readonly { readonly path: string; readonly message: string }[],
): InvalidError {
  return new InvalidError({
    code: "invalid_catalog_file",
    message: `${url} is not a valid catalog file: ${issues.map((i) => `${i.path} ${i.message}`).join("; ")}`,
    fix: "Mend the file at the named places; nothing was changed.",
    issues,
  });
}

function unreadable(url: string): InvalidError {
  return new InvalidError({
    code: "unreadable_source",
    message: `Nobody here can read ${url}`,
    fix: "Use the repoContentsUrl of a repository of this platform, such as causeway-git:handbook@main.",
  });
}

function registered(url: string, entities: readonly Entity[]) {
  const main = mainEntityOf(entities);
  return main ? { entityRef: refOfEntity(main), catalogInfoUrl: url } : { catalogInfoUrl: url };
}

function nothingThere(url: string): ActionPreview<z.output<typeof registerOutput>> {
  return {
    summary: `${url} does not exist; nothing would be registered`,
    changes: [],
    resources: [],
    cost: noCost,
    output: { catalogInfoUrl: url },
  };
}

function toPreview(planned: readonly PlannedChange[]) {
  return {
    summary: summaryOf(planned.map((change) => change.kind)),
    changes: planned.filter((change) => change.kind !== "unchanged").map(toChange),
    resources: planned.map(({ ref, before }) => ({ ref, version: before?.etag ?? null })),
    cost: noCost,
  };
}

function toChange({ ref, kind, before, after }: PlannedChange): Change {
  const { name, title } = after.metadata;
  return {
    verb: kind === "create" ? "create" : "update",
    kind: "entity",
    ref,
    detail: `${after.kind} ${title ?? name}`,
    diff: unifiedDiff(before ? stringify(before.entity) : "", stringify(after)),
  };
}

function verbOf(change: EntityChange): PlannedChange["kind"] {
  if (change.before === null) return "create";
  return change.before === change.after ? "unchanged" : "update";
}

function summaryOf(kinds: readonly PlannedChange["kind"][]): string {
  const counted = (["create", "update", "unchanged"] as const)
    .map((kind) => ({ kind, count: kinds.filter((other) => other === kind).length }))
    .filter(({ count }) => count > 0);
  const total = `${kinds.length} ${kinds.length === 1 ? "entity" : "entities"}`;
  return `${total}: ${counted.map(({ kind, count }) => `${count} ${kind}`).join(", ")}`;
}
