import {
  ConflictError,
  InvalidError,
  LimitError,
  NotFoundError,
  normalizeRef,
  type VectorSearchResult,
} from "@causeway/contract";
import type { Db } from "#platform/db/database";
import { newId, sha256 } from "#platform/ids";
import { searchTextOf } from "./chunks.ts";
import { decodeDocument } from "./documents.ts";
import { maxChunksPerStore } from "./exact-index.ts";
import { readDocument, type PlannedDocument, type ReadDocument } from "./plan-load.ts";
import type { EmbeddingPort } from "./ports.ts";
import { findChunks, insertFile, listFiles, type EmbeddedChunk } from "./store/files.ts";
import { findStore, lockStore, touchStore, type StoreRow } from "./store/stores.ts";
import { findUpload, insertUpload, type StoredUpload } from "./store/uploads.ts";
import type { VectorIndex } from "./vector-index.ts";

export type ServiceDeps = {
  readonly db: Db;
  readonly embedding: EmbeddingPort;
  readonly index: VectorIndex;
};

/** Who asks: the key that pays, and the trace that the ledger will carry. */
export type Caller = {
  readonly keyId: string;
  readonly principal: string;
  readonly traceId: string;
};

export type SearchStore = {
  /** The entity's name, or its ref. */
  readonly store: string;
  readonly query: string;
  readonly limit: number;
  readonly caller: Caller;
  readonly signal?: AbortSignal;
};

export function toStoreRef(id: string): string {
  return normalizeRef(id.includes(":") ? id : `vectorstore:${id}`);
}

export async function getStore(db: Db, ref: string): Promise<StoreRow> {
  const store = await findStore(db, ref);
  if (store) return store;
  throw new NotFoundError({
    code: "vector_store_not_found",
    message: `There is no vector store ${ref}`,
    fix: "Provision it with the action vector-store:provision, or mend its name.",
  });
}

export async function searchStore(
  { db, embedding, index }: ServiceDeps,
  search: SearchStore,
): Promise<VectorSearchResult> {
  const store = await getStore(db, toStoreRef(search.store));
  const embedded = await embedding.embed({
    texts: [search.query],
    keyId: search.caller.keyId,
    route: routeName(store.embeddingRoute),
    traceId: search.caller.traceId,
    ...(search.signal ? { signal: search.signal } : {}),
  });
  const [vector] = embedded.vectors;
  if (!vector) throw new Error("the embedding port answered without a vector");
  const { limit, query: text } = search;
  const hits = await index.search({ store: store.ref, vector, text, limit });
  const chunks = new Map(
    (
      await findChunks(
        db,
        hits.map(({ chunkId }) => chunkId),
      )
    ).map((chunk) => [chunk.id, chunk]),
  );
  return {
    object: "vector_store.search_results.page",
    search_query: search.query,
    data: hits.flatMap(({ chunkId, score }) => {
      const chunk = chunks.get(chunkId);
      // Taken back between the search and this look.
      if (!chunk) return [];
      const { fileId, path, title, text } = chunk;
      return [
        {
          file_id: fileId,
          filename: path,
          score,
          attributes: { path, title },
          content: [{ type: "text" as const, text }],
        },
      ];
    }),
    has_more: false,
    next_page: null,
    usage: {
      inputTokens: embedded.inputTokens,
      costMicroUsd: embedded.costMicroUsd,
      notional: embedded.notional,
    },
  };
}

/** The gateway knows routes by their public name. */
function routeName(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}

export type StoreBatch = {
  readonly store: StoreRow;
  readonly batch: readonly PlannedDocument[];
  /** The idempotency key of the step or upload that brings them. */
  readonly madeBy: string;
  readonly caller: Omit<Caller, "principal">;
  readonly signal?: AbortSignal;
  /** Between the paid embedding and the transaction. */
  readonly onEmbedded?: () => void;
};

const textsAtOnce = 64;

/** Embeds the passages of some documents and stores them in one transaction. Returns the ids of the files. */
export async function storeBatch(deps: ServiceDeps, command: StoreBatch): Promise<string[]> {
  const { store, batch, madeBy } = command;
  const texts = batch.flatMap(({ document }) =>
    document.chunks.map((chunk) => searchTextOf(document.title, chunk)),
  );
  const vectors = await embedAll(deps.embedding, texts, command);
  command.onEmbedded?.();
  return deps.db.transaction().execute(async (tx) => {
    const locked = await lockStore(tx, store.ref);
    if (!locked)
      throw new ConflictError({
        code: "vector_store_gone",
        message: `${store.ref} was removed meanwhile`,
      });
    if (locked.chunks + texts.length > maxChunksPerStore) throw storeFull(store.ref);
    const ids: string[] = [];
    let at = 0;
    for (const { document } of batch) {
      const { path, title, bytes, contentHash } = document;
      const id = newId("file");
      const chunks = document.chunks.map((chunk): EmbeddedChunk => {
        const vector = vectors[at++];
        if (vector?.length === store.dimensions) return { ...chunk, vector };
        throw wrongDimensions(store, vector?.length ?? 0);
      });
      await insertFile(
        tx,
        { id, storeRef: store.ref, path, title, bytes, contentHash, madeBy },
        chunks,
      );
      ids.push(id);
    }
    await touchStore(tx, store.ref);
    return ids;
  });
}

async function embedAll(
  embedding: EmbeddingPort,
  texts: readonly string[],
  command: StoreBatch,
): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let at = 0; at < texts.length; at += textsAtOnce) {
    const some = texts.slice(at, at + textsAtOnce);
    const embedded = await embedding.embed({
      texts: some,
      // A kill between the answer and its storing: the repeat gets the same answer and pays nothing.
      idempotencyKey: `${command.madeBy}:${sha256(JSON.stringify(some))}`,
      keyId: command.caller.keyId,
      route: routeName(command.store.embeddingRoute),
      traceId: command.caller.traceId,
      ...(command.signal ? { signal: command.signal } : {}),
    });
    vectors.push(...embedded.vectors);
  }
  return vectors;
}

export type UploadFile = {
  readonly filename: string;
  readonly purpose: string;
  readonly content: Buffer;
  readonly principal: string;
};

export async function uploadFile({ db }: ServiceDeps, upload: UploadFile): Promise<StoredUpload> {
  const decoded = decodeDocument(upload.content);
  if (decoded.kind === "binary") {
    throw new InvalidError({
      code: "file_refused",
      message: `${upload.filename} ${decoded.reason}`,
      fix: "Upload Markdown or UTF-8 text.",
      issues: [{ path: "file", message: decoded.reason }],
    });
  }
  const stored = { id: newId("file"), ...upload };
  return { ...stored, createdAt: await insertUpload(db, stored) };
}

export async function getUpload(db: Db, principal: string, id: string): Promise<StoredUpload> {
  const upload = await findUpload(db, principal, id);
  if (upload) return upload;
  throw new NotFoundError({
    code: "file_not_found",
    message: `${principal} has uploaded no file ${id}`,
    fix: "Upload it first: POST /v1/files.",
  });
}

export type AttachFile = {
  readonly store: string;
  readonly fileId: string;
  /** By which its passages will be known; the file's name otherwise. */
  readonly path: string | undefined;
  readonly caller: Caller;
};

/** Puts an uploaded file into a store. The same content at the same path again is once. */
export async function attachFile(deps: ServiceDeps, attach: AttachFile) {
  const { db } = deps;
  const { caller } = attach;
  const store = await getStore(db, toStoreRef(attach.store));
  const upload = await getUpload(db, caller.principal, attach.fileId);
  const path = attach.path ?? upload.filename;
  const document = toDocument(path, upload.content);
  const find = async () => (await listFiles(db, store.ref)).find((file) => file.path === path);
  const known = await find();
  if (known?.contentHash === document.contentHash) return { store, file: known };
  const batch = [{ document, verb: "create" as const }];
  await storeBatch(deps, { store, batch, madeBy: `upload:${upload.id}`, caller });
  const file = await find();
  if (file) return { store, file };
  throw new ConflictError({
    code: "file_replaced",
    message: `${path} was replaced while it was stored`,
    fix: "Look at the store's files and send it again.",
  });
}

function toDocument(path: string, content: Uint8Array): ReadDocument {
  const decoded = decodeDocument(content);
  if (decoded.kind === "binary") throw new Error(`${path} was text when it was uploaded`);
  return readDocument(path, decoded.text, {
    bytes: content.byteLength,
    contentHash: sha256(content),
  });
}

function storeFull(ref: string): LimitError {
  return new LimitError({
    code: "vector_store_full",
    message: `${ref} would hold more than ${maxChunksPerStore.toLocaleString("en")} passages, the most that one store may have`,
    fix: "Split the documents over several stores.",
  });
}

function wrongDimensions(store: StoreRow, found: number): InvalidError {
  return new InvalidError({
    code: "wrong_dimensions",
    message: `${store.ref} holds vectors of ${store.dimensions} dimensions, the route ${store.embeddingRoute} answered with ${found}`,
    fix: "Provision the store with the dimensions of the route's model.",
  });
}
