import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { App, Routes } from "./app.ts";

/** Scripts only from our own origin; inline styles because charts and popovers position themselves. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "object-src 'none'",
].join("; ");

/** Addresses that never belong to the portal: an unknown one answers 404 as JSON, not a page. */
const notPortal = /^\/(api|internal|services|hooks|otlp|mcp)(\/|$)/;

/** Serves the built portal at `/`; every address of a page answers `index.html`. The build may end after the server
 *  began, so it is looked for at each page. */
export function portalRoutes(distDirectory: string): Routes {
  return async (app: App) => {
    await app.register(fastifyStatic, {
      root: distDirectory,
      wildcard: false,
      serve: false,
      // File names carry their content's hash, index.html does not.
      cacheControl: false,
    });
    app.get("/assets/*", { config: { access: "public" } }, async (request, reply) => {
      reply.header("cache-control", "public, max-age=31536000, immutable");
      const name = request.url.split("?")[0] ?? "";
      return reply.sendFile(decodeURIComponent(name.slice(1)));
    });
    app.setNotFoundHandler(async (request, reply) => {
      const path = request.url.split("?")[0] ?? "";
      if (request.method !== "GET" || notPortal.test(path)) {
        return reply
          .code(404)
          .type("application/problem+json")
          .send({
            type: "urn:causeway:problem:no_such_route",
            title: "Not found",
            status: 404,
            code: "no_such_route",
            detail: `${request.method} ${path} does not exist. /api/docs lists what does.`,
            requestId: request.id,
          });
      }
      if (!existsSync(join(distDirectory, "index.html"))) {
        return reply
          .code(503)
          .type("text/plain")
          .send("The portal is not built. Run `npm run up`, which builds it.\n");
      }
      return reply
        .header("cache-control", "no-cache")
        .header("content-security-policy", contentSecurityPolicy)
        .header("x-content-type-options", "nosniff")
        .header("referrer-policy", "same-origin")
        .sendFile("index.html");
    });
  };
}
