import { chunkDocument, type Chunk } from "./chunks.ts";

/** A document as it was read: its text cut into passages, and the hash by which it is known again. */
export type ReadDocument = {
  readonly path: string;
  readonly title: string;
  readonly bytes: number;
  readonly contentHash: string;
  readonly chunks: readonly Chunk[];
};
export function readDocument(
  path: string,
  text: string,
  file: Pick<ReadDocument, "bytes" | "contentHash">,
): ReadDocument {
  const { title, chunks } = chunkDocument(text, path.split("/").at(-1) ?? path);
  return { path, title, chunks, ...file };
}

export type Known = { readonly path: string; readonly contentHash: string };
export type PlannedDocument = {
  readonly document: ReadDocument;
  readonly verb: "create" | "update";
};

/** What of a folder is new to the store. A document of the same content costs nothing again, whoever loaded it. */
export function planLoad(
  documents: readonly ReadDocument[],
  current: readonly Known[],
): PlannedDocument[] {
  const hashes = new Map(current.map(({ path, contentHash }) => [path, contentHash]));
  return documents.flatMap((document): PlannedDocument[] => {
    const known = hashes.get(document.path);
    if (known === document.contentHash) return [];
    return [{ document, verb: known === undefined ? "create" : "update" }];
  });
}

/** Documents that are embedded and stored together. A batch is one transaction; cut again from what is left
 *  after a kill, the batches are the same, and so are the keys under which they are embedded. */
export function toBatches(
  planned: readonly PlannedDocument[],
  chunksAtOnce: number,
): PlannedDocument[][] {
  const batches: PlannedDocument[][] = [];
  let chunks = 0;
  for (const item of planned) {
    const size = item.document.chunks.length;
    const batch = batches.at(-1);
    if (batch && chunks + size <= chunksAtOnce) {
      batch.push(item);
      chunks += size;
    } else {
      batches.push([item]);
      chunks = size;
    }
  }
  return batches;
}
