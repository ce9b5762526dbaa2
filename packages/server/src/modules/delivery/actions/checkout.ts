import { randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { InvalidError, NotFoundError } from "@causeway/contract";
import { codeOf } from "#platform/files";
import { runGit, tryGit } from "#platform/git";

export type CheckoutDeps = {
  /** Bare repositories: `<repositories>/<name>.git`. */
  readonly repositories: string;
  /** Read-only copies: `<services>/<name>/<commit>`. */
  readonly services: string;
};

export type CommitOf = {
  readonly name: string;
  readonly repository: string;
  readonly commit: string;
};

/** The files of a commit in a folder that nobody writes to. It appears whole or not at all, so a second call after a
 *  kill finds it or makes it. */
export async function checkOut(
  deps: CheckoutDeps,
  of: CommitOf,
  signal: AbortSignal,
): Promise<string> {
  const parent = join(deps.services, of.name);
  const copy = join(parent, of.commit);
  if (await isDirectory(copy)) return copy;
  await assertCommit(deps, of);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const building = join(parent, `${halfPrefix}${randomBytes(6).toString("hex")}`);
  try {
    await mkdir(building);
    await writeFiles(gitDirOf(deps, of), { commit: of.commit, folder: building }, signal);
    await setModes(building, { directory: 0o555, file: 0o444 });
    await rename(building, copy);
  } catch (error) {
    await removeCopy(building);
    // Somebody else made the same copy meanwhile; a commit has only one content.
    if (!(await isDirectory(copy))) throw error;
  }
  return copy;
}

const halfPrefix = ".building-";

async function writeFiles(
  gitDir: string,
  { commit, folder }: { readonly commit: string; readonly folder: string },
  signal: AbortSignal,
): Promise<void> {
  const index = `${folder}.index`;
  try {
    const call = { gitDir, workTree: folder, env: { GIT_INDEX_FILE: index }, signal };
    await runGit(["read-tree", commit], call);
    await runGit(["checkout-index", "--all", "--force"], call);
  } finally {
    await rm(index, { force: true });
  }
}

/** Whether the commit is there; called by previews too. */
export async function assertCommit(deps: CheckoutDeps, of: CommitOf): Promise<void> {
  const gitDir = gitDirOf(deps, of);
  if (!(await isDirectory(gitDir))) {
    throw new NotFoundError({
      code: "repository_not_found",
      message: `There is no repository ${of.repository} on this platform`,
      fix: "Create it with publish:git first.",
      issues: [{ path: "repository", message: `there is no repository "${of.repository}"` }],
    });
  }
  const found = await tryGit(["cat-file", "-e", `${of.commit}^{commit}`], { gitDir });
  if (found.code === 0) return;
  throw new InvalidError({
    code: "commit_not_found",
    message: `The repository ${of.repository} has no commit ${of.commit}`,
    fix: "Push the commit, or name one that the repository has.",
    issues: [{ path: "commit", message: `the repository has no commit "${of.commit}"` }],
  });
}

/** One file of a commit, without a copy. */
export async function readFileOf(
  deps: CheckoutDeps,
  of: CommitOf,
  path: string,
): Promise<string | undefined> {
  const shown = await tryGit(["cat-file", "blob", `${of.commit}:${path}`], {
    gitDir: gitDirOf(deps, of),
  });
  return shown.code === 0 ? shown.stdout.toString("utf8") : undefined;
}

/** Removes a copy; missing ones are fine. */
export async function removeCopy(folder: string): Promise<void> {
  if (!(await isDirectory(folder))) return;
  await setModes(folder, { directory: 0o755, file: 0o644 });
  await rm(folder, { recursive: true, force: true });
}

/** What a kill left half made. */
export async function removeHalfCopies(deps: CheckoutDeps): Promise<void> {
  for (const name of await readdir(deps.services).catch(() => [])) {
    const parent = join(deps.services, name);
    for (const entry of await readdir(parent).catch(() => [])) {
      if (!entry.startsWith(halfPrefix)) continue;
      const path = join(parent, entry);
      await removeCopy(path);
      await rm(path, { force: true });
    }
  }
}

function gitDirOf(deps: CheckoutDeps, of: CommitOf): string {
  return join(deps.repositories, `${of.repository}.git`);
}

/** Symbolic links keep their mode: a link has none of its own. */
async function setModes(
  folder: string,
  modes: { readonly directory: number; readonly file: number },
): Promise<void> {
  // Before and after: without the right to write into it, nothing below it could be changed.
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await setModes(path, modes);
    else if (entry.isFile()) await chmod(path, modes.file);
  }
  await chmod(folder, modes.directory);
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return false;
    throw error;
  }
}
