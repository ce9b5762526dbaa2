import { InvalidError, type Issue } from "@causeway/contract";

/** Beyond this a file is no document that people read. */
export const maxDocumentBytes = 10 * 1024 * 1024;

/** What a walk through a folder met; paths are relative to it, with `/`. */
export type FolderEntry = {
  readonly path: string;
  readonly bytes: number;
  readonly kind: "file" | "link-inside" | "link-outside" | "unreadable";
};

export type FileRole =
  /** To be loaded. */
  | "document"
  /** Passed over and named in the log: pictures, data, code. */
  | "other"
  /** Decided by its content: text is passed over, binary refused. */
  | "unknown";

const documentTypes = new Set(["md", "markdown", "mdown", "txt", "text"]);
/** Kinds that commonly lie beside documents and carry no text of theirs. */
const otherTypes = new Set(
  (
    "png jpg jpeg gif svg webp avif ico bmp tiff mp3 mp4 webm wav woff woff2 ttf otf css js mjs ts tsx jsx json jsonl yaml " +
    "yml toml ini csv tsv xml html htm sh py rb go rs java lock map"
  ).split(" "),
);

export function roleOf(path: string): FileRole {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase();
  if (extension !== undefined && documentTypes.has(extension)) return "document";
  return extension !== undefined && otherTypes.has(extension) ? "other" : "unknown";
}

/** Hidden files and folders (`.git`, editor settings) and installed packages are no documents. */
export function isPassedOver(name: string): boolean {
  return name.startsWith(".") || name === "node_modules";
}

/** What is wrong with the entries themselves, before any content is read. */
export function checkEntries(entries: readonly FolderEntry[]): Issue[] {
  return entries.flatMap(({ path, bytes, kind }): Issue[] => {
    if (kind === "link-outside") {
      return [{ path, message: "is a link that leads out of the folder" }];
    }
    if (kind === "unreadable") return [{ path, message: "cannot be read by the platform" }];
    if (roleOf(path) === "document" && bytes > maxDocumentBytes) {
      const limit = formatMegabytes(maxDocumentBytes);
      return [{ path, message: `has ${formatMegabytes(bytes)}; a document may have ${limit}` }];
    }
    return [];
  });
}

export type DecodedDocument =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "binary"; readonly reason: string };

/** UTF-8 text, byte for byte: a byte order mark stays, so that offsets are those of the file. */
export function decodeDocument(content: Uint8Array): DecodedDocument {
  if (content.includes(0)) return { kind: "binary", reason: "is binary, not text" };
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { kind: "text", text: decoder.decode(content) };
  } catch {
    return { kind: "binary", reason: "is not UTF-8 text" };
  }
}

export function formatMegabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

const shownIssues = 20;

/** Nothing of the folder is loaded when one file is refused: half a folder would answer half the questions. */
export function refuseDocuments(folder: string, found: readonly Issue[]): InvalidError {
  const named = found.map(({ path, message }) => `${path} ${message}`);
  const shown = named.slice(0, shownIssues).join("; ");
  const more = named.length > shownIssues ? `; and ${named.length - shownIssues} more` : "";
  return new InvalidError({
    code: "documents_refused",
    message: `The documents in ${folder} cannot be loaded: ${shown}${more}`,
    fix: "Move these files out of the folder, or convert them to Markdown or UTF-8 text; nothing was stored.",
    issues: [{ path: "folder", message: `${shown}${more}` }],
  });
}
