import { createHash } from "node:crypto";
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { InvalidError } from "@causeway/contract";
import type { TreeEntry } from "../render-tree.ts";
import { outside, staysInside } from "../safe-path.ts";

const maxTreeBytes = 64 * 1024 * 1024;
/** Everything below `root`, dot files too, links not followed, sorted by path. Throws `template_too_large`. */
export async function readTree(root: string): Promise<TreeEntry[]> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const entries: TreeEntry[] = [];
  let bytes = 0;
  for (const item of found) {
    const full = join(item.parentPath, item.name);
    const path = full.slice(root.length + 1).replaceAll("\\", "/");
    if (item.isSymbolicLink()) {
      entries.push({ kind: "symlink", path, target: await readlink(full) });
    } else if (item.isDirectory()) {
      entries.push({ kind: "directory", path });
    } else if (item.isFile()) {
      const [content, { mode }] = await Promise.all([readFile(full), lstat(full)]);
      bytes += content.byteLength;
      if (bytes > maxTreeBytes) throw tooLarge();
      entries.push({ kind: "file", path, content, isExecutable: (mode & 0o100) !== 0 });
    }
  }
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function tooLarge(): InvalidError {
  return new InvalidError({
    code: "template_too_large",
    message: `The template's files are larger than ${maxTreeBytes / 1024 / 1024} MB together`,
    fix: "Keep large files out of the template and fetch them in the service.",
  });
}

/** One hash over paths, kinds, modes and contents: the version of a tree. */
export function hashTree(entries: readonly TreeEntry[]): string {
  const hash = createHash("sha256");
  for (const entry of entries) {
    const detail = entry.kind === "symlink" ? entry.target : entry.kind;
    const mode = entry.kind === "file" && entry.isExecutable ? "x" : "-";
    hash.update(`${JSON.stringify([entry.path, detail, mode])}\n`);
    if (entry.kind === "file") hash.update(createHash("sha256").update(entry.content).digest());
  }
  return hash.digest("hex");
}

export type Destination = {
  /** An existing directory; nothing above it is touched. */
  readonly root: string;
  /** Below `root`, on the same disk: half-written files wait here for their rename. */
  readonly staging: string;
};

/** Puts one entry in place, whole or not at all. Throws `path_outside` rather than write through a symlink. */
export async function placeEntry(destination: Destination, entry: TreeEntry): Promise<void> {
  const target = join(destination.root, entry.path);
  await makeFolders(
    destination.root,
    entry.kind === "directory" ? entry.path : dirname(entry.path),
  );
  if (entry.kind === "directory") return;
  await mkdir(destination.staging, { recursive: true });
  const staged = join(destination.staging, "entry");
  await rm(staged, { force: true });
  if (entry.kind === "file") {
    await writeFile(staged, entry.content);
    await chmod(staged, entry.isExecutable ? 0o755 : 0o644);
  } else {
    if (!staysInside(entry.path, entry.target)) {
      throw outside(entry.target, `The symlink ${entry.path}`);
    }
    await symlink(entry.target, staged);
  }
  await rename(staged, target);
}

/** Creates the folders of a path one by one, so that none of them is a link to somewhere else. */
async function makeFolders(root: string, path: string): Promise<void> {
  let folder = root;
  for (const part of path.split("/").filter((part) => part !== "" && part !== ".")) {
    folder = join(folder, part);
    const found = await lstat(folder).catch(() => undefined);
    if (found === undefined) await mkdir(folder, { recursive: true });
    else if (!found.isDirectory()) throw outside(path, "A folder of the workspace");
  }
}

export async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
