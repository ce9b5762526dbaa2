import { lstat, readdir, readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { InvalidError, type Issue } from "@causeway/contract";
import { sha256 } from "#platform/ids";
import {
  checkEntries,
  decodeDocument,
  formatMegabytes,
  isPassedOver,
  refuseDocuments,
  roleOf,
  type FolderEntry,
} from "../documents.ts";
import { readDocument, type ReadDocument } from "../plan-load.ts";

export type ReadFolder = {
  readonly folder: string;
  readonly documents: readonly ReadDocument[];
  /** Files that are no documents: named, so that nobody wonders. */
  readonly passedOver: readonly string[];
};

const maxFolderBytes = 256 * 1024 * 1024;

/** Every document below a folder, checked before anything is done with any of them. Throws InvalidError
 *  `documents_missing`, `documents_unreadable`, `documents_empty` or `documents_refused`, each about the field `folder`. */
export async function readFolder(folder: string, base: string): Promise<ReadFolder> {
  const root = await findRoot(folder, base);
  const entries = await walk(root);
  const issues = checkEntries(entries);
  const documents: ReadDocument[] = [];
  const passedOver: string[] = [];
  for (const entry of entries.filter(({ kind }) => kind === "file")) {
    const role = roleOf(entry.path);
    if (role === "other") passedOver.push(entry.path);
    else if (role === "unknown") issues.push(...(await lookAtUnknown(root, entry, passedOver)));
    else if (!issues.some(({ path }) => path === entry.path)) {
      const read = await readEntry(root, entry);
      if (read.kind === "binary") issues.push({ path: entry.path, message: read.reason });
      else documents.push(read.document);
    }
  }
  if (issues.length > 0) throw refuseDocuments(folder, issues);
  if (documents.length === 0) throw noDocuments(folder, passedOver);
  return { folder: root, documents, passedOver };
}

async function findRoot(folder: string, base: string): Promise<string> {
  const full = isAbsolute(folder) ? folder : resolve(base, folder);
  const found = await stat(full).catch((error: unknown) => {
    throw cannotOpen(full, error);
  });
  if (!found.isDirectory()) {
    throw folderError("documents_missing", `${full} is a file, not a folder`);
  }
  return realpath(full);
}

async function walk(root: string): Promise<FolderEntry[]> {
  const entries: FolderEntry[] = [];
  let bytes = 0;
  const visit = async (directory: string): Promise<void> => {
    const items = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
      throw cannotOpen(directory, error);
    });
    for (const item of items) {
      if (isPassedOver(item.name)) continue;
      const full = join(directory, item.name);
      if (item.isDirectory()) await visit(full);
      else if (item.isFile() || item.isSymbolicLink()) {
        const entry = await toEntry(root, full);
        bytes += roleOf(entry.path) === "document" ? entry.bytes : 0;
        entries.push(entry);
      }
    }
  };
  await visit(root);
  // One file beyond its own limit is told by name; this is about very many of them.
  if (bytes > maxFolderBytes && entries.every((entry) => checkEntries([entry]).length === 0)) {
    throw folderError(
      "documents_too_large",
      `The documents in ${root} have ${formatMegabytes(bytes)} together; a folder may have ${formatMegabytes(maxFolderBytes)}`,
    );
  }
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function toEntry(root: string, full: string): Promise<FolderEntry> {
  const path = relative(root, full).split(sep).join("/");
  const found = await lstat(full);
  if (!found.isSymbolicLink()) return { path, bytes: found.size, kind: "file" };
  const target = await realpath(full).catch(() => undefined);
  // What a link inside the folder points at is met by the walk itself.
  const isInside = target === undefined || target === root || target.startsWith(root + sep);
  return { path, bytes: 0, kind: isInside ? "link-inside" : "link-outside" };
}

type Read =
  | { readonly kind: "document"; readonly document: ReadDocument }
  | { readonly kind: "binary"; readonly reason: string };

async function readEntry(root: string, entry: FolderEntry): Promise<Read> {
  const content = await readFile(join(root, entry.path)).catch((): undefined => undefined);
  if (content === undefined) return { kind: "binary", reason: "cannot be read by the platform" };
  const decoded = decodeDocument(content);
  if (decoded.kind === "binary") return decoded;
  const file = { bytes: content.byteLength, contentHash: sha256(content) };
  return { kind: "document", document: readDocument(entry.path, decoded.text, file) };
}

/** A file of an unknown kind: readable text is passed over, binary could be a document that nobody would find. */
async function lookAtUnknown(
  root: string,
  entry: FolderEntry,
  passedOver: string[],
): Promise<Issue[]> {
  const content = await readFile(join(root, entry.path)).catch((): undefined => undefined);
  if (content === undefined) {
    return [{ path: entry.path, message: "cannot be read by the platform" }];
  }
  const decoded = decodeDocument(content.subarray(0, 64 * 1024));
  if (content.includes(0) && decoded.kind === "binary") {
    return [{ path: entry.path, message: "is binary, not text" }];
  }
  passedOver.push(entry.path);
  return [];
}

function noDocuments(folder: string, passedOver: readonly string[]): InvalidError {
  const seen =
    passedOver.length === 0
      ? "it is empty"
      : `it holds only ${passedOver.slice(0, 5).join(", ")}${passedOver.length > 5 ? ", …" : ""}`;
  return folderError(
    "documents_empty",
    `The folder ${folder} has no Markdown or text file: ${seen}`,
  );
}

function cannotOpen(path: string, error: unknown): InvalidError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return folderError("documents_missing", `There is no folder ${path}`);
  }
  return folderError(
    "documents_unreadable",
    `The folder ${path} cannot be read by the platform (${String(code)})`,
  );
}

function folderError(code: string, message: string): InvalidError {
  return new InvalidError({
    code,
    message,
    fix: "Name a folder that holds Markdown or text files and that the platform may read; nothing was stored.",
    issues: [{ path: "folder", message }],
  });
}
