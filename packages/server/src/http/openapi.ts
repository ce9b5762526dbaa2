import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import type { App } from "./app.ts";

/** OpenAPI 3.1 from the routes' Zod schemas at `/api/openapi.json`, readable at `/api/docs`. Register before the routes. */
export async function registerOpenApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Causeway",
        version: "0.1.0",
        description:
          "Everything that changes is a run of typed actions. Errors are RFC 9457 problem documents with a stable `code`.",
      },
      components: {
        securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
      },
      security: [{ bearer: [] }],
    },
    transform: jsonSchemaTransform,
  });
  await app.register(async (scope) => {
    // The pages of the viewer are routes like any other: without an access they would be refused to everybody.
    scope.addHook("onRoute", (route) => {
      route.config = { ...route.config, access: "signedIn" };
    });
    await scope.register(swaggerUi, { routePrefix: "/api/docs" });
  });
  app.get(
    "/api/openapi.json",
    { config: { access: "signedIn" }, schema: { hide: true } },
    async () => app.swagger(),
  );
}
