import { PlatformError } from "@causeway/contract";
import Fastify, { LogController, type FastifyInstance, type RawServerDefault } from "fastify";
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "#platform/log";
import { newId } from "#platform/ids";
import { toProblem } from "./problem.ts";
import type { Principal } from "./principal.ts";

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  Log,
  ZodTypeProvider
>;

/** What a module hands to `compose.ts`: a plugin that adds its routes under `/api` (or where it says). */
export type Routes = (app: App) => Promise<void>;

declare module "fastify" {
  interface FastifyRequest {
    /** Set for every route whose access is not `public`. */
    principal: Principal | undefined;
  }
  interface FastifyContextConfig {
    /** Who may call. A route without it is refused to everybody (default deny). */
    access?: RouteAccess;
  }
}

export type RouteAccess =
  /** Health, sign-in, static assets, and routes that check for themselves (the ingress). */
  | "public"
  | "signedIn"
  | "admin"
  /** The data plane, by the shared internal secret. */
  | "gateway";

export function createApp(log: Log): App {
  const app = Fastify({
    loggerInstance: log,
    genReqId: () => newId("req"),
    // One line a request is written by our own hook, at debug.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 8 * 1024 * 1024,
    forceCloseConnections: true,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest("principal", undefined);
  app.addHook("onSend", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error, request.id);
    if (!(error instanceof PlatformError) && problem.status >= 500) {
      request.log.error({ err: error, url: request.url }, "unexpected error");
    }
    return reply
      .code(problem.status)
      .type("application/problem+json")
      .send(JSON.stringify(problem));
  });
  return app;
}
