import { Readable } from "node:stream";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import {
  costHeaders,
  idempotencyHeaders,
  NotFoundError,
  type SnapshotKey,
} from "@causeway/contract";
import type { Clock } from "#platform/clock";
import { newId, newTraceId, sha256 } from "#platform/ids";
import type { Log } from "#platform/log";
import { createClientResponse } from "./client-response.ts";
import type { ControlClient } from "./control-client.ts";
import { toErrorAnswer } from "./envelope.ts";
import { findCaller, readHeader } from "./find-caller.ts";
import { assertStoreAllowed, forward } from "./forward-client.ts";
import { handleModelCall, type HandlerDeps } from "./handler.ts";
import { parseIdempotencyKey, type Claim, type Idempotency } from "./idempotency-service.ts";
import { isAllowed } from "./snapshot-tables.ts";
import type { SnapshotClient } from "./snapshot-client.ts";
import { readTrace, toTraceparent, type Trace } from "./trace.ts";

export type DataplaneRouteDeps = HandlerDeps & {
  readonly log: Log;
  readonly clock: Clock;
  readonly snapshots: SnapshotClient;
  readonly control: ControlClient;
  readonly internalToken: string;
  readonly idempotency: Idempotency;
  readonly refreshGauges: () => void;
};

const bodyLimit = 32 * 1024 * 1024;

export function createDataplaneApp(deps: DataplaneRouteDeps): FastifyInstance {
  const app = Fastify({
    logger: false,
    genReqId: () => newId("req"),
    bodyLimit,
    exposeHeadRoutes: false,
    forceCloseConnections: "idle",
    requestTimeout: 0,
  });
  app.removeAllContentTypeParsers();
  // Uploads pass through; everything else is read whole, as bytes, and parsed where it is understood.
  app.addContentTypeParser("multipart/form-data", (_request, payload, done) => done(null, payload));
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => sendError(deps, { error, request, reply }));
  app.setNotFoundHandler((request, reply) => {
    const error = new NotFoundError({
      code: "unknown_url",
      message: `There is no ${request.method} ${request.url.split("?")[0]} on this gateway`,
    });
    return sendError(deps, { error, request, reply });
  });
  modelRoutes(app, deps);
  readRoutes(app, deps);
  forwardedRoutes(app, deps);
  healthRoutes(app, deps);
  return app;
}

type Failed = {
  readonly error: unknown;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
};

function sendError(deps: DataplaneRouteDeps, { error, request, reply }: Failed): FastifyReply {
  const answer = toErrorAnswer(error, request.id);
  note(deps, error, answer.status);
  return reply
    .code(answer.status)
    .headers({ ...answer.headers, "x-request-id": request.id })
    .send(answer.body);
}

function note(deps: DataplaneRouteDeps, error: unknown, status: number): void {
  const code = error instanceof Error && "code" in error ? String(error.code) : "internal_error";
  deps.metrics.add("causeway_gateway_refusals_total", { code });
  if (status === 500) deps.log.error({ err: error }, "unexpected error");
}

function callerOf(deps: DataplaneRouteDeps, request: FastifyRequest): SnapshotKey {
  return findCaller(request.headers, {
    tables: deps.snapshots.tables(),
    now: deps.clock.now(),
    hash: sha256,
    internalTokenHash: sha256(deps.internalToken),
  });
}

function traceOf(request: FastifyRequest): Trace {
  return readTrace(readHeader(request.headers, "traceparent"), newTraceId);
}

/** Answers that are given whole and cost the same for the same input: the only ones that a repeat may get again. */
async function claimAnswer(
  deps: DataplaneRouteDeps,
  request: FastifyRequest,
  keyId: string,
): Promise<Claim | undefined> {
  const header = readHeader(request.headers, idempotencyHeaders.key);
  if (header === undefined) return undefined;
  const idempotencyKey = parseIdempotencyKey(header);
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return deps.idempotency.claim({ keyId, idempotencyKey, body, newRequestId: request.id });
}

function modelRoutes(app: FastifyInstance, deps: DataplaneRouteDeps): void {
  const handle =
    (operation: "chat" | "embeddings") =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const trace = traceOf(request);
      const key = callerOf(deps, request);
      const claim =
        operation === "embeddings" ? await claimAnswer(deps, request, key.id) : undefined;
      const requestId = claim?.requestId ?? request.id;
      reply.hijack();
      const client = createClientResponse(reply.raw, {
        "x-request-id": requestId,
        [costHeaders.traceId]: trace.traceId,
      });
      inFlight += 1;
      deps.metrics.set("causeway_gateway_in_flight", inFlight);
      try {
        await handleModelCall(deps, {
          operation,
          requestId,
          claim,
          trace,
          key,
          tables: deps.snapshots.tables(),
          headers: request.headers,
          body: Buffer.isBuffer(request.body) ? request.body.toString("utf8") : "",
          client,
        });
      } catch (error) {
        const answer = toErrorAnswer(error, requestId);
        note(deps, error, answer.status);
        if (client.hasBegun()) client.end();
        else client.sendError(answer);
      } finally {
        claim?.release();
        inFlight -= 1;
        deps.metrics.set("causeway_gateway_in_flight", inFlight);
      }
    };
  let inFlight = 0;
  app.post("/v1/chat/completions", handle("chat"));
  app.post("/v1/embeddings", handle("embeddings"));
}

function readRoutes(app: FastifyInstance, deps: DataplaneRouteDeps): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  app.get("/v1/models", async (request) => {
    const key = callerOf(deps, request);
    return { object: "list", data: listModels(deps, key) };
  });
  app.get<{ Params: { model: string } }>("/v1/models/:model", async (request) => {
    const found = listModels(deps, callerOf(deps, request)).find(
      ({ id }) => id === request.params.model,
    );
    if (found) return found;
    throw new NotFoundError({
      code: "model_not_found",
      message: `There is no model "${request.params.model}" for this key`,
      fix: "GET /v1/models lists what it may use.",
    });
  });
  app.get<{ Params: { name: string } }>("/v1/prompts/:name", async (request, reply) => {
    const key = callerOf(deps, request);
    const prompt = deps.snapshots.tables().prompts.get(request.params.name);
    if (!prompt || !isAllowed(key.prompts, prompt.ref)) {
      throw new NotFoundError({
        code: "prompt_not_found",
        message: `There is no prompt "${request.params.name}" for this key`,
      });
    }
    const etag = `"${prompt.hash}"`;
    reply.header("etag", etag).header("cache-control", "no-cache");
    return request.headers["if-none-match"] === etag ? reply.code(304).send() : prompt;
  });
  app.get<{ Params: { id: string } }>("/v1/requests/:id", async (request) => {
    const found = deps.recent.find(request.params.id, callerOf(deps, request).id);
    if (found) return found;
    throw new NotFoundError({
      code: "request_not_found",
      message: `This gateway remembers no request "${request.params.id}" of this key`,
      fix: "Older ones are in the ledger: GET /api/usage/requests on the control plane.",
    });
  });
}

function listModels(deps: DataplaneRouteDeps, key: SnapshotKey) {
  const tables = deps.snapshots.tables();
  const created = Math.max(0, Math.floor(Date.parse(tables.builtAt) / 1000));
  return [...tables.routes.values()]
    .filter((route) => isAllowed(key.routes, route.ref))
    .map((route) => ({ id: route.name, object: "model", created, owned_by: route.ref }));
}

function forwardedRoutes(app: FastifyInstance, deps: DataplaneRouteDeps): void {
  const pass = async (request: FastifyRequest, reply: FastifyReply, path: string) => {
    const key = callerOf(deps, request);
    const body = request.body;
    const query = request.url.includes("?") ? request.url.slice(request.url.indexOf("?")) : "";
    const answer = await forward(deps.control, {
      method: request.method === "GET" || request.method === "DELETE" ? request.method : "POST",
      path: path + query,
      key,
      headers: request.headers,
      body: body instanceof Readable || Buffer.isBuffer(body) ? body : undefined,
      traceparent: toTraceparent(traceOf(request), deps.newSpanId()),
    });
    return reply.code(answer.status).type(answer.contentType).send(answer.body);
  };
  const method = ["GET" as const, "POST" as const, "DELETE" as const];
  app.route<{ Params: { id: string; "*"?: string } }>({
    method,
    url: "/v1/vector_stores/:id/*",
    handler: async (request, reply) => {
      assertStoreAllowed(callerOf(deps, request), request.params.id);
      const rest = safeRest(request.params["*"] ?? "");
      const id = encodeURIComponent(request.params.id);
      return pass(request, reply, `/internal/v1/vector_stores/${id}/${rest}`);
    },
  });
  app.route({
    method,
    url: "/v1/files",
    handler: async (request, reply) => pass(request, reply, "/internal/v1/files"),
  });
  app.route<{ Params: { "*": string } }>({
    method,
    url: "/v1/files/*",
    handler: async (request, reply) =>
      pass(request, reply, `/internal/v1/files/${safeRest(request.params["*"])}`),
  });
  app.post<{ Params: { "*": string } }>("/otlp/v1/*", async (request, reply) =>
    pass(request, reply, `/otlp/v1/${safeRest(request.params["*"])}`),
  );
}

/** The rest of a path as segments of its own: nothing in it climbs out of `/internal/v1`. */
function safeRest(rest: string): string {
  return rest
    .split("/")
    .filter((segment) => segment !== "" && segment !== "." && segment !== "..")
    .map(encodeURIComponent)
    .join("/");
}

function healthRoutes(app: FastifyInstance, deps: DataplaneRouteDeps): void {
  app.get("/healthz", async () => {
    const { version, builtAt } = deps.snapshots.tables();
    const isReady = version >= 0;
    return {
      status: "ok",
      ready: isReady,
      gateway: deps.gateway,
      snapshotVersion: isReady ? version : null,
      snapshotBuiltAt: isReady ? builtAt : null,
      controlPlane: deps.snapshots.isConnected() ? "connected" : "out of reach",
    };
  });
  app.get("/metrics", async (_request, reply) => {
    deps.refreshGauges();
    return reply.type("text/plain; version=0.0.4; charset=utf-8").send(deps.metrics.render());
  });
}
