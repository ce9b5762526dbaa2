import multipart, { type MultipartFile } from "@fastify/multipart";
import {
  internalHeaders,
  InvalidError,
  vectorSearch,
  vectorSearchResult,
} from "@causeway/contract";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { newTraceId } from "#platform/ids";
import type { App, Routes } from "../../http/app.ts";
import { formatMegabytes, maxDocumentBytes } from "./documents.ts";
import {
  attachFile,
  getStore,
  getUpload,
  searchStore,
  toStoreRef,
  uploadFile,
  type Caller,
  type ServiceDeps,
} from "./service.ts";
import { listFiles, type StoredFile } from "./store/files.ts";
import type { StoredUpload } from "./store/uploads.ts";

const access = { access: "gateway" } as const;
const params = z.strictObject({ id: z.string().min(1).max(200) });

const fileObject = z.strictObject({
  id: z.string(),
  object: z.literal("file"),
  bytes: z.int(),
  created_at: z.int(),
  filename: z.string(),
  purpose: z.string(),
  status: z.literal("processed"),
});
const storeFileObject = z.strictObject({
  id: z.string(),
  object: z.literal("vector_store.file"),
  created_at: z.int(),
  vector_store_id: z.string(),
  status: z.literal("completed"),
  last_error: z.null(),
  usage_bytes: z.int(),
  attributes: z.strictObject({ path: z.string() }),
});
const attach = z.looseObject({
  file_id: z.string().min(1),
  /** `path`: what its passages will be known by; the file's name otherwise. */
  attributes: z.looseObject({ path: z.string().min(1).max(1_000).optional() }).nullish(),
});

/** What the data plane forwards in the name of a key. Which stores a key may ask is checked there, from the snapshot. */
export function provisioningRoutes(deps: ServiceDeps): Routes {
  return async (app) => {
    searchRoutes(app, deps);
    await fileRoutes(app, deps);
    storeFileRoutes(app, deps);
  };
}

function searchRoutes(app: App, deps: ServiceDeps): void {
  app.post(
    "/internal/v1/vector_stores/:id/search",
    {
      config: access,
      schema: { params, body: vectorSearch, response: { 200: vectorSearchResult } },
    },
    (request) =>
      searchStore(deps, {
        store: request.params.id,
        query: request.body.query,
        limit: request.body.max_num_results,
        caller: callerOf(request),
      }),
  );
}

async function fileRoutes(app: App, deps: ServiceDeps): Promise<void> {
  await app.register(multipart, { limits: { fileSize: maxDocumentBytes, files: 1 } });
  app.post(
    "/internal/v1/files",
    { config: access, schema: { response: { 200: fileObject } } },
    async (request) => {
      const file = await request.file();
      if (!file) throw missingFile();
      const content = await readContent(file);
      const upload = await uploadFile(deps, {
        filename: file.filename,
        purpose: readField(file, "purpose") ?? "assistants",
        content,
        principal: callerOf(request).principal,
      });
      return toFileObject(upload);
    },
  );
  app.get(
    "/internal/v1/files/:id",
    { config: access, schema: { params, response: { 200: fileObject } } },
    async (request) =>
      toFileObject(await getUpload(deps.db, callerOf(request).principal, request.params.id)),
  );
}

function storeFileRoutes(app: App, deps: ServiceDeps): void {
  const { db } = deps;
  app.post(
    "/internal/v1/vector_stores/:id/files",
    { config: access, schema: { params, body: attach, response: { 200: storeFileObject } } },
    async (request) => {
      const { store, file } = await attachFile(deps, {
        store: request.params.id,
        fileId: request.body.file_id,
        path: request.body.attributes?.path,
        caller: callerOf(request),
      });
      return toStoreFile(store.name, file);
    },
  );
  app.get(
    "/internal/v1/vector_stores/:id/files",
    {
      config: access,
      schema: {
        params,
        response: {
          200: z.strictObject({ object: z.literal("list"), data: z.array(storeFileObject) }),
        },
      },
    },
    async (request) => {
      const store = await getStore(db, toStoreRef(request.params.id));
      const files = await listFiles(db, store.ref);
      return { object: "list" as const, data: files.map((file) => toStoreFile(store.name, file)) };
    },
  );
}

/** The gateway says in whose name it forwards; nobody else may call these routes. */
function callerOf(request: FastifyRequest): Caller {
  const keyId = request.headers[internalHeaders.keyId];
  const principal = request.headers[internalHeaders.principal];
  if (typeof keyId !== "string" || typeof principal !== "string") {
    throw new InvalidError({
      code: "caller_missing",
      message: `A forwarded call names its key and principal in ${internalHeaders.keyId} and ${internalHeaders.principal}`,
    });
  }
  return { keyId, principal, traceId: traceIdOf(request.headers["traceparent"]) };
}

function traceIdOf(header: string | string[] | undefined): string {
  const match = typeof header === "string" ? /^00-([0-9a-f]{32})-/.exec(header) : null;
  return match?.[1] ?? newTraceId();
}

async function readContent(file: MultipartFile): Promise<Buffer> {
  try {
    return await file.toBuffer();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "FST_REQ_FILE_TOO_LARGE")) {
      throw error;
    }
    throw new InvalidError({
      code: "file_refused",
      message: `${file.filename} is larger than ${formatMegabytes(maxDocumentBytes)}`,
      fix: "Split the document.",
      issues: [{ path: "file", message: `must have at most ${formatMegabytes(maxDocumentBytes)}` }],
      cause: error,
    });
  }
}

function readField(file: MultipartFile, name: string): string | undefined {
  const field = file.fields[name];
  if (!field || Array.isArray(field) || field.type !== "field") return undefined;
  return typeof field.value === "string" ? field.value : undefined;
}

function missingFile(): InvalidError {
  return new InvalidError({
    code: "file_missing",
    message: "The form has no part named file",
    fix: "Send multipart/form-data with the parts purpose and file.",
    issues: [{ path: "file", message: "is missing" }],
  });
}

function toFileObject(upload: StoredUpload): z.infer<typeof fileObject> {
  const { id, filename, purpose, content, createdAt } = upload;
  return {
    id,
    object: "file",
    bytes: content.byteLength,
    created_at: toSeconds(createdAt),
    filename,
    purpose,
    status: "processed",
  };
}

function toStoreFile(store: string, file: StoredFile): z.infer<typeof storeFileObject> {
  return {
    id: file.id,
    object: "vector_store.file",
    created_at: toSeconds(file.createdAt),
    vector_store_id: store,
    status: "completed",
    last_error: null,
    usage_bytes: file.bytes,
    attributes: { path: file.path },
  };
}

function toSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1_000);
}
