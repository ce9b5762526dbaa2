import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { NotFoundError, workspaceNotes } from "@causeway/contract";
import { z } from "zod";
import { tryGit } from "#platform/git";
import { gitDirOf } from "./actions/publish-git.ts";
import { exists } from "./actions/tree-files.ts";
import { parseRepositoryUrl, repositoryScheme, type RepositoryFile } from "./repository-url.ts";
import { toSafeParts } from "./safe-path.ts";

export type ReadSourceOptions = {
  /** The run's workspace. In a preview a repository that would be made is read from there. */
  readonly workspace?: string;
};

const previewNote = z.object({ branch: z.string(), sourcePath: z.string() });

/** The text of a file in one of the platform's repositories; undefined when the url is of another scheme. */
export async function readRepositoryFile(
  repositories: string,
  url: string,
  options: ReadSourceOptions = {},
): Promise<string | undefined> {
  if (!url.startsWith(repositoryScheme)) return undefined;
  const file = parseRepositoryUrl(url);
  const gitDir = gitDirOf({ repositories }, file.name);
  if (!(await exists(gitDir))) {
    const text = options.workspace && (await readPreviewed(options.workspace, file));
    if (text !== undefined) return text;
    throw notFound(url, `there is no repository ${file.name}`);
  }
  const { code, stdout } = await tryGit(
    ["cat-file", "blob", `refs/heads/${file.branch}:${file.path}`],
    { gitDir },
  );
  if (code !== 0) throw notFound(url, `branch ${file.branch} has no file ${file.path}`);
  return stdout.toString("utf8");
}

async function readPreviewed(workspace: string, file: RepositoryFile): Promise<string | undefined> {
  const notePath = join(workspace, workspaceNotes, "repositories", `${file.name}.json`);
  const text = await readFile(notePath, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const note = previewNote.parse(JSON.parse(text));
  if (note.branch !== file.branch) return undefined;
  const source = toSafeParts(note.sourcePath, "sourcePath");
  return readFile(join(workspace, ...source, file.path), "utf8").catch(() => undefined);
}

function notFound(url: string, why: string): NotFoundError {
  return new NotFoundError({
    code: "source_not_found",
    message: `${url} cannot be read: ${why}`,
    fix: "Check the name, the branch and the path.",
  });
}
