import { lstat, mkdir, readFile, realpath, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join, matchesGlob, sep } from "node:path";
import {
  defineAction,
  InvalidError,
  NotFoundError,
  noCost,
  type AnyAction,
  type Change,
  type ExecuteContext,
  workspaceNotes,
  type StepContext,
} from "@causeway/contract";
import { z } from "zod";
import type { TemplateFilter } from "nunjitsu";
import { isBinary, renderTree, type TreeEntry } from "../render-tree.ts";
import { toSafeParts } from "../safe-path.ts";
import { templateScheme } from "../to-plan.ts";
import { exists, hashTree, placeEntry, readTree } from "./tree-files.ts";

const input = z.strictObject({
  url: z.string().min(1),
  targetPath: z.string().optional(),
  values: z.record(z.string(), z.json()).default({}),
  copyWithoutTemplating: z.array(z.string()).default([]),
  /** Accepted because templates still carry it; it has had no effect for years. */
  copyWithoutRender: z.array(z.string()).optional(),
  cookiecutterCompat: z.boolean().default(false),
  templateFileExtension: z.union([z.string(), z.boolean()]).optional(),
  replace: z.boolean().default(false),
  trimBlocks: z.boolean().default(false),
  lstripBlocks: z.boolean().default(false),
  token: z.string().optional(),
});
type Input = z.output<typeof input>;

const output = z.strictObject({
  files: z.int(),
  /** Hash of the rendered tree: what was born here, for drift and updates. */
  treeHash: z.string(),
});
const undoRecord = z.strictObject({
  created: z.array(z.string()),
  /** Overwritten by `replace`; their old selves wait under the run's notes. */
  replaced: z.array(z.string()),
});

export type FetchTemplateDeps = {
  /** Holds one folder a golden path. */
  readonly templatesRoot: string;
  readonly filters: Readonly<Record<string, TemplateFilter>>;
};

/** A diff longer than this says nothing to a person. */
const maxShownCharacters = 64 * 1024;

export function fetchTemplate(deps: FetchTemplateDeps): AnyAction {
  return defineAction({
    id: "fetch:template",
    version: 1,
    title: "Fill in the files of a template",
    input,
    output,
    undoRecord,
    effects: {
      writes: ["workspace"],
      reads: ["template"],
      risk: "low",
      undo: "restore",
      cost: "none",
    },
    preview: (input, ctx) => previewFetch(deps, input, ctx),
    execute: (input, ctx) => executeFetch(deps, input, ctx),
    undo: undoFetch,
  });
}

async function previewFetch(deps: FetchTemplateDeps, input: Input, ctx: StepContext) {
  const { source, rendered } = await render(deps, input);
  const writes = (await planWrites(input, rendered, ctx)).filter(({ write }) => write !== "keep");
  // A preview's workspace is its own: later steps look at the files there.
  for (const { entry } of writes) await placeEntry(destinationOf(ctx), entry);
  const files = writes.filter(({ entry }) => entry.kind !== "directory");
  return {
    summary: `Write ${files.length} files from ${input.url}`,
    changes: files.map(toChange),
    resources: [{ ref: input.url, version: hashTree(source) }],
    cost: noCost,
    output: { files: files.length, treeHash: hashTree(rendered) },
  };
}

async function executeFetch(deps: FetchTemplateDeps, input: Input, ctx: ExecuteContext) {
  const { rendered } = await render(deps, input);
  const plan = await planOnce(ctx, () => planWrites(input, rendered, ctx));
  ctx.crashPoint("fetch:template:planned");
  for (const entry of rendered) {
    const write = plan[entry.path];
    if (write === undefined || write === "keep") continue;
    if (write === "replace") await setAside(ctx, entry.path);
    await placeEntry(destinationOf(ctx), entry);
    ctx.crashPoint("fetch:template:file-written");
  }
  const pathsOf = (wanted: Write) => Object.keys(plan).filter((path) => plan[path] === wanted);
  const files = rendered.filter(({ kind, path }) => kind !== "directory" && plan[path] !== "keep");
  ctx.log("info", `Wrote ${files.length} files from ${input.url}`);
  return {
    output: { files: files.length, treeHash: hashTree(rendered) },
    undo: { created: pathsOf("create"), replaced: pathsOf("replace") },
  };
}

async function undoFetch(record: z.output<typeof undoRecord>, ctx: ExecuteContext) {
  // Deepest first, so that folders are empty when their turn comes; one that is not empty by then stays.
  for (const path of record.created.toSorted().toReversed()) {
    const target = join(ctx.workspace, path);
    const found = await lstat(target).catch(() => undefined);
    if (found?.isDirectory()) await rmdir(target).catch(() => {});
    else if (found) await rm(target);
  }
  for (const path of record.replaced) {
    const aside = asidePath(ctx, path);
    if (await exists(aside)) await rename(aside, join(ctx.workspace, path));
  }
}

type Rendered = { readonly source: readonly TreeEntry[]; readonly rendered: readonly TreeEntry[] };

/** Reads and renders; paths of `rendered` are relative to the workspace. */
async function render(deps: FetchTemplateDeps, input: Input): Promise<Rendered> {
  const folder = await findSource(deps.templatesRoot, input.url);
  const source = await readTree(folder);
  const { templateFileExtension: extension } = input;
  const patterns = input.copyWithoutTemplating;
  const rendered = renderTree(source, {
    values: input.values,
    isRaw: (path) =>
      patterns.some((pattern) => matchesGlob(path, pattern) || matchesGlob(path, `${pattern}/**`)),
    ...(extension === undefined || extension === false
      ? {}
      : { templateFileExtension: extension === true ? ".njk" : extension }),
    cookiecutterCompat: input.cookiecutterCompat,
    trimBlocks: input.trimBlocks,
    lstripBlocks: input.lstripBlocks,
    filters: deps.filters,
  });
  const target = toSafeParts(input.targetPath ?? ".", "targetPath");
  return {
    source,
    rendered: rendered.map((entry) => {
      const path = [...target, ...toSafeParts(entry.path, "A file name of the template")].join("/");
      return { ...entry, path };
    }),
  };
}

async function findSource(templatesRoot: string, url: string): Promise<string> {
  if (!url.startsWith(templateScheme)) {
    throw new InvalidError({
      code: "unsupported_url",
      message: `fetch:template cannot read ${url}`,
      fix: "Keep the files beside template.yaml and name them relative to it, for example ./skeleton.",
      issues: [
        { path: "url", message: "must be relative to the template, for example ./skeleton" },
      ],
    });
  }
  const [name = "", ...rest] = toSafeParts(url.slice(templateScheme.length), "url");
  const folder = await realpath(join(templatesRoot, name)).catch(() => undefined);
  const source = folder && (await realpath(join(folder, ...rest)).catch(() => undefined));
  if (folder && source && (source === folder || source.startsWith(folder + sep))) return source;
  throw new NotFoundError({
    code: "template_files_missing",
    message: `The golden path ${name} has no folder ${rest.join("/") || "of its own"} below ${templatesRoot}`,
    fix: "Mend the url of the step in template.yaml, or restore the folder.",
    issues: [{ path: "url", message: "no such folder" }],
  });
}

type Write = "create" | "replace" | "keep";
type PlannedWrite = { readonly entry: TreeEntry; readonly write: Write };

/** Existing files are kept unless the step says `replace`. */
async function planWrites(
  input: Input,
  rendered: readonly TreeEntry[],
  ctx: StepContext,
): Promise<PlannedWrite[]> {
  return Promise.all(
    rendered.map(async (entry) => {
      const isThere = await exists(join(ctx.workspace, entry.path));
      if (!isThere) return { entry, write: "create" as const };
      return {
        entry,
        write:
          input.replace && entry.kind !== "directory" ? ("replace" as const) : ("keep" as const),
      };
    }),
  );
}

/** What to write is decided once and noted before the first write: after a kill in the middle, the files of the first
 *  attempt must not look like somebody else's. */
async function planOnce(
  ctx: ExecuteContext,
  decide: () => Promise<readonly PlannedWrite[]>,
): Promise<Readonly<Record<string, Write>>> {
  const note = join(notesOf(ctx), "writes.json");
  const known = await readFile(note, "utf8").catch(() => undefined);
  if (known !== undefined) return writesNote.parse(JSON.parse(known));
  const writes = Object.fromEntries(
    (await decide()).map(({ entry, write }) => [entry.path, write]),
  );
  await mkdir(notesOf(ctx), { recursive: true });
  await writeFile(`${note}.new`, JSON.stringify(writes));
  await rename(`${note}.new`, note);
  return writes;
}
const writesNote = z.record(z.string(), z.enum(["create", "replace", "keep"]));

async function setAside(ctx: StepContext, path: string): Promise<void> {
  const aside = asidePath(ctx, path);
  if (await exists(aside)) return;
  await mkdir(dirname(aside), { recursive: true });
  await rename(join(ctx.workspace, path), aside);
}

function asidePath(ctx: StepContext, path: string): string {
  return join(notesOf(ctx), "replaced", path);
}

function notesOf(ctx: StepContext): string {
  return join(ctx.workspace, workspaceNotes, ctx.stepId);
}

function destinationOf(ctx: StepContext) {
  return { root: ctx.workspace, staging: join(notesOf(ctx), "staging") };
}

function toChange({ entry, write }: PlannedWrite): Change {
  const base = {
    verb: write === "replace" ? "update" : "create",
    kind: "file",
    ref: entry.path,
  } as const;
  if (entry.kind !== "file") return { ...base, detail: entry.kind };
  if (isBinary(entry.content))
    return { ...base, detail: `${entry.content.byteLength} bytes, binary` };
  const text = new TextDecoder().decode(entry.content);
  return {
    ...base,
    detail: `${entry.content.byteLength} bytes`,
    diff: text.length > maxShownCharacters ? `${text.slice(0, maxShownCharacters)}\n…` : text,
  };
}
