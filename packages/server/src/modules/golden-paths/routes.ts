import { goldenPathForm, goldenPathSummary, planFromGoldenPath, runView } from "@causeway/contract";
import { z } from "zod";
import type { Routes } from "../../http/app.ts";
import { principalOf } from "../../http/principal.ts";
import type { GoldenPathService } from "./service.ts";

const params = z.strictObject({ name: z.string().min(1).max(63) });

export function goldenPathRoutes(service: GoldenPathService): Routes {
  return async (app) => {
    app.get(
      "/api/golden-paths",
      {
        config: { access: "signedIn" },
        schema: { response: { 200: z.strictObject({ items: z.array(goldenPathSummary) }) } },
      },
      async () => ({ items: await service.list() }),
    );
    app.get(
      "/api/golden-paths/:name",
      { config: { access: "signedIn" }, schema: { params, response: { 200: goldenPathForm } } },
      (request) => service.get(request.params.name),
    );
    app.post(
      "/api/golden-paths/:name/plan",
      {
        config: { access: "signedIn" },
        schema: { params, body: planFromGoldenPath, response: { 200: runView, 201: runView } },
      },
      async (request, reply) => {
        const { parameters, dryRun } = request.body;
        const { name } = request.params;
        const principal = principalOf(request);
        const run = await service.plan({ name, parameters, dryRun, principal });
        return reply.code(dryRun ? 200 : 201).send(run);
      },
    );
  };
}
