import { readFile, rename, rm, writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  ConflictError,
  defineAction,
  entityName,
  InvalidError,
  noCost,
  workspaceNotes,
  type AnyAction,
  type ExecuteContext,
  type StepContext,
} from "@causeway/contract";
import { z } from "zod";
import type { Clock } from "#platform/clock";
import { runGit } from "#platform/git";
import { sha256 } from "#platform/ids";
import { repositoryScheme } from "../repository-url.ts";
import { toSafeParts } from "../safe-path.ts";
import { exists, hashTree, readTree } from "./tree-files.ts";

const branchName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, "use letters, digits, '-', '_' and '.'")
  .refine((name) => !/\.\.|\.lock$|\.$/.test(name), "is not a branch name that git accepts");

const input = z.strictObject({
  name: entityName,
  defaultBranch: branchName.default("main"),
  description: z.string().max(500).optional(),
  sourcePath: z.string().optional(),
});
type Input = z.output<typeof input>;

const output = z.strictObject({
  remoteUrl: z.string(),
  repoContentsUrl: z.string(),
  commitHash: z.string(),
});
const undoRecord = z.strictObject({ name: z.string(), madeBy: z.string() });

export type PublishGitDeps = {
  /** Where the bare repositories stand: `<repositories>/<name>.git`. */
  readonly repositories: string;
  readonly clock: Clock;
};

/** Notes beside a repository's own files who made it: executing twice under one key is one repository (I5). */
const originFile = "causeway-origin.json";
const origin = z.object({ madeBy: z.string() });

export function publishGit(deps: PublishGitDeps): AnyAction {
  return defineAction({
    id: "publish:git",
    version: 1,
    title: "Create a git repository",
    input,
    output,
    undoRecord,
    effects: {
      writes: ["repository"],
      reads: ["workspace"],
      risk: "low",
      undo: "restore",
      cost: "none",
    },
    preview: (input, ctx) => previewPublish(deps, input, ctx),
    execute: (input, ctx) => executePublish(deps, input, ctx),
    undo: async (record) => {
      const gitDir = gitDirOf(deps, record.name);
      // Out of sight in one step; a kill during the removal leaves nothing that looks like a repository.
      const gone = temporaryDir(deps, `undo:${record.madeBy}`);
      await rm(gone, { recursive: true, force: true });
      if ((await madeBy(gitDir)) !== record.madeBy) return;
      await rename(gitDir, gone);
      await rm(gone, { recursive: true, force: true });
    },
  });
}

async function previewPublish(deps: PublishGitDeps, input: Input, ctx: StepContext) {
  const gitDir = gitDirOf(deps, input.name);
  if (await exists(gitDir)) throw nameTaken(input.name);
  const source = join(ctx.workspace, ...toSafeParts(input.sourcePath ?? ".", "sourcePath"));
  const files = (await readTree(source)).filter(isPublished);
  await notePreview(ctx, input);
  return {
    summary: `Create the repository ${input.name} with a first commit of ${files.length} files`,
    changes: [
      {
        verb: "create" as const,
        kind: "repository",
        ref: `${repositoryScheme}${input.name}`,
        detail: `${files.length} files on branch ${input.defaultBranch}, tree ${hashTree(files).slice(0, 12)}`,
      },
    ],
    resources: [{ ref: `${repositoryScheme}${input.name}`, version: null }],
    cost: noCost,
    output: addressesOf(deps, input),
  };
}

async function executePublish(deps: PublishGitDeps, input: Input, ctx: ExecuteContext) {
  const gitDir = gitDirOf(deps, input.name);
  const owner = await madeBy(gitDir);
  if (owner === undefined) {
    if (await exists(gitDir)) throw nameTaken(input.name);
    await buildThenRename(deps, input, ctx);
  } else if (owner !== ctx.idempotencyKey) {
    throw nameTaken(input.name);
  }
  const commitHash = await runGit(["rev-parse", "--verify", `refs/heads/${input.defaultBranch}`], {
    gitDir,
    signal: ctx.signal,
  });
  ctx.log("info", `Repository ${input.name}.git stands at ${commitHash.slice(0, 12)}`);
  return {
    output: { ...addressesOf(deps, input), commitHash },
    undo: { name: input.name, madeBy: ctx.idempotencyKey },
  };
}

/** A repository appears whole or not at all: it is built under a name of its own and renamed when it is done. */
async function buildThenRename(
  deps: PublishGitDeps,
  input: Input,
  ctx: ExecuteContext,
): Promise<void> {
  const gitDir = temporaryDir(deps, ctx.idempotencyKey);
  await rm(gitDir, { recursive: true, force: true });
  await mkdir(deps.repositories, { recursive: true });
  await initRepository(gitDir, input, ctx);
  await commitFirst(deps, { gitDir, input, ctx });
  await rm(join(gitDir, "index"), { force: true });
  await writeFile(join(gitDir, originFile), JSON.stringify({ madeBy: ctx.idempotencyKey }));
  ctx.crashPoint("publish:git:repository-built");
  try {
    await rename(gitDir, gitDirOf(deps, input.name));
  } catch (error) {
    await rm(gitDir, { recursive: true, force: true });
    if (await exists(gitDirOf(deps, input.name))) throw nameTaken(input.name);
    throw error;
  }
  ctx.crashPoint("publish:git:repository-renamed");
}

async function initRepository(gitDir: string, input: Input, ctx: ExecuteContext): Promise<void> {
  const { defaultBranch, name, description } = input;
  await runGit(
    ["init", "--quiet", "--bare", "--template=", `--initial-branch=${defaultBranch}`, gitDir],
    { signal: ctx.signal },
  );
  await mkdir(join(gitDir, "info"), { recursive: true });
  await writeFile(join(gitDir, "info", "exclude"), `/${workspaceNotes}/\n`);
  await writeFile(join(gitDir, "description"), `${description ?? name}\n`);
}

type FirstCommit = {
  readonly gitDir: string;
  readonly input: Input;
  readonly ctx: ExecuteContext;
};

async function commitFirst(deps: PublishGitDeps, commit: FirstCommit): Promise<void> {
  const { gitDir, input, ctx } = commit;
  const workTree = join(ctx.workspace, ...toSafeParts(input.sourcePath ?? ".", "sourcePath"));
  await runGit(["add", "--all", "."], { gitDir, workTree, signal: ctx.signal });
  const tree = await runGit(["write-tree"], { gitDir });
  if (tree === emptyTree) throw nothingToPublish(input);
  ctx.crashPoint("publish:git:tree-written");
  const date = deps.clock.now().toISOString();
  const hash = await runGit(["commit-tree", tree, "-F", "-"], {
    gitDir,
    input: `Create ${input.name}\n\nCauseway-Run: ${ctx.runId}\nCauseway-Principal: ${ctx.principal}\n`,
    env: {
      GIT_AUTHOR_NAME: "Causeway",
      GIT_AUTHOR_EMAIL: "causeway@localhost",
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: "Causeway",
      GIT_COMMITTER_EMAIL: "causeway@localhost",
      GIT_COMMITTER_DATE: date,
    },
  });
  await runGit(["update-ref", `refs/heads/${input.defaultBranch}`, hash], { gitDir });
}

const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

function addressesOf(deps: PublishGitDeps, { name, defaultBranch }: Input) {
  return {
    remoteUrl: pathToFileURL(gitDirOf(deps, name)).href,
    repoContentsUrl: `${repositoryScheme}${name}@${defaultBranch}`,
  };
}

export function gitDirOf(deps: Pick<PublishGitDeps, "repositories">, name: string): string {
  return join(deps.repositories, `${name}.git`);
}

function temporaryDir(deps: PublishGitDeps, key: string): string {
  // Not a name that a service may have: those begin with a letter or digit.
  return join(deps.repositories, `.building-${sha256(key).slice(0, 24)}`);
}

async function madeBy(gitDir: string): Promise<string | undefined> {
  const text = await readFile(join(gitDir, originFile), "utf8").catch(() => undefined);
  return text === undefined ? undefined : origin.parse(JSON.parse(text)).madeBy;
}

function isPublished({ path, kind }: { path: string; kind: string }): boolean {
  return kind !== "directory" && !path.startsWith(`${workspaceNotes}/`);
}

/** In a preview nothing is published; `readSource` finds the files that would be in the preview's workspace. */
async function notePreview(ctx: StepContext, input: Input): Promise<void> {
  const folder = join(ctx.workspace, workspaceNotes, "repositories");
  await mkdir(folder, { recursive: true });
  const note = { branch: input.defaultBranch, sourcePath: input.sourcePath ?? "." };
  await writeFile(join(folder, `${input.name}.json`), JSON.stringify(note));
}

function nameTaken(name: string): ConflictError {
  return new ConflictError({
    code: "name_taken",
    message: `The name ${name} is already taken: a repository ${name}.git exists`,
    fix: "Choose another name.",
    issues: [{ path: "name", message: `"${name}" is already taken by a repository` }],
  });
}

function nothingToPublish(input: Input): InvalidError {
  return new InvalidError({
    code: "nothing_to_publish",
    message: `There is no file to publish in ${input.sourcePath ?? "the workspace"} for ${input.name}`,
    fix: "Fetch the template's files in a step before this one.",
  });
}
