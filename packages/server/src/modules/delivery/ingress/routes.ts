import { Transform, type Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { newSpanId, newTraceId } from "#platform/ids";
import type { App, Routes } from "../../../http/app.ts";
import type { Principal } from "../../../http/principal.ts";
import type { Deployment } from "../deployment.ts";
import { serviceNotFound, type Supervisor } from "../supervisor/supervisor.ts";
import type { ServiceClient } from "./client.ts";
import { servicePolicy, toServiceHeaders, type Caller } from "./ingress-headers.ts";
import { parseIngressPath, type IngressTarget } from "./ingress-path.ts";
import { bodyTooLarge, confusingPath, notSignedIn, serviceDown } from "./refusals.ts";
import { signInPage } from "./sign-in-page.ts";

export type IngressDeps = {
  readonly supervisor: Supervisor;
  readonly client: ServiceClient;
  /** What should run under a name. */
  readonly findDesired: (name: string) => Promise<Deployment | undefined>;
  /** Throws for a change that a foreign page asks for under somebody's session. */
  readonly authenticate: (request: FastifyRequest) => Promise<Principal | undefined>;
  readonly bodyLimitBytes?: number;
};

const defaultBodyLimitBytes = 32 * 1024 * 1024;
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/** `/services/<name>/…`: the one way from outside to a service. The route is public because a service may be; who may
 *  call is decided here. */
export function ingressRoutes(deps: IngressDeps): Routes {
  return async (app: App) => {
    // The body is passed on as it comes, whatever it is.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    for (const url of ["/services", "/services/*"]) {
      app.route({
        method: [...methods],
        url,
        config: { access: "public" },
        schema: { hide: true },
        handler: (request, reply) => handle(deps, request, reply),
      });
    }
  };
}

async function handle(
  deps: IngressDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const target = parseIngressPath(request.raw.url ?? "");
  if (target.kind === "refused") throw confusingPath(target.reason);
  const desired = await deps.findDesired(target.name);
  const principal = await deps.authenticate(request);
  if (!principal && desired?.isPublic !== true) return refuseAnonymous(request, reply);
  if (!desired) throw serviceNotFound(target.name);
  if (target.kind === "addSlash") return reply.redirect(target.location, 308);
  return forward(deps, { target, principal, request }, reply);
}

/** The same answer for services that exist and that do not: their names are nobody's business. */
function refuseAnonymous(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const wantsPage = request.headers.accept?.includes("text/html") === true;
  if (!wantsPage) throw notSignedIn();
  return reply
    .code(401)
    .header("content-security-policy", servicePolicy)
    .type("text/html; charset=utf-8")
    .send(signInPage);
}

type Passage = {
  readonly target: Extract<IngressTarget, { kind: "service" }>;
  readonly principal: Principal | undefined;
  readonly request: FastifyRequest;
};

async function forward(
  deps: IngressDeps,
  passage: Passage,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { target, request } = passage;
  const workload = deps.supervisor.find(target.name);
  const { port, detail = null } = workload?.status ?? {};
  if (!workload || port === undefined) return refuseDown(target.name, detail, reply);
  const body = readBody(request, deps.bodyLimitBytes ?? defaultBodyLimitBytes);
  const gone = new AbortController();
  reply.raw.once("close", workload.hold());
  reply.raw.once("close", () => gone.abort());
  try {
    const answer = await deps.client.forward({
      port,
      method: request.method,
      path: target.path,
      headers: toServiceHeaders(request.headers, callerOf(passage)),
      body,
      signal: gone.signal,
    });
    return await reply.code(answer.status).headers(answer.headers).send(answer.body);
  } catch (error) {
    if (body?.errored) {
      void reply.header("connection", "close");
      throw body.errored;
    }
    if (gone.signal.aborted) return reply;
    request.log.warn({ err: error, service: target.name }, "service did not answer");
    return refuseDown(target.name, "it broke the connection off", reply);
  }
}

function callerOf({ target, principal, request }: Passage): Caller {
  return {
    principal: principal?.ref,
    prefix: target.prefix,
    host: request.headers.host ?? "",
    newTraceparent: () => `00-${newTraceId()}-${newSpanId()}-01`,
  };
}

function refuseDown(name: string, detail: string | null, reply: FastifyReply): never {
  void reply.header("retry-after", "2");
  throw serviceDown(name, detail);
}

/** The caller's body, cut off with an error beyond the limit; its announced length is believed only to refuse early. */
function readBody(request: FastifyRequest, limitBytes: number): Readable | undefined {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  if (length === undefined && encoding === undefined) return undefined;
  if (length !== undefined && Number(length) > limitBytes) throw bodyTooLarge(limitBytes);
  if (length !== undefined && Number(length) === 0) return undefined;
  let seen = 0;
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      done(seen > limitBytes ? bodyTooLarge(limitBytes) : null, chunk);
    },
  });
  // When undici gives up on the body it destroys it; the error is the request's, handled there.
  limited.on("error", () => {});
  // What nobody reads any more is thrown away: the next request on this connection waits behind it.
  limited.once("close", () => request.raw.unpipe(limited).resume());
  return request.raw.pipe(limited);
}
