import { readFile, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { InvalidError } from "@causeway/contract";

/** A file of a run's workspace; links are followed only as far as they stay in it. */
export async function readWorkspaceFile(workspace: string, file: string): Promise<string> {
  const root = await realpath(workspace).catch(() => undefined);
  const path = await realpath(join(workspace, file)).catch(() => undefined);
  if (root === undefined || path === undefined) throw notThere(file, "there is no such file");
  if (!path.startsWith(root + sep)) throw notThere(file, "it lies outside of the run's files");
  return readFile(path, "utf8").catch(() => {
    throw notThere(file, "it is not a file");
  });
}

function notThere(file: string, why: string): InvalidError {
  return new InvalidError({
    code: "prompt_file_not_readable",
    message: `${file} cannot be read among the files of this run: ${why}`,
    fix: "Name a file that an earlier step of the plan writes, for example prompt.yaml.",
    issues: [{ path: "file", message: why }],
  });
}
