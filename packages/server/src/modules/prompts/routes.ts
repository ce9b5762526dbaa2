import { normalizeRef, promptDetail, promptSummary } from "@causeway/contract";
import { z } from "zod";
import type { Db } from "#platform/db/database";
import type { Routes } from "../../http/app.ts";
import { getDetail, listSummaries } from "./service.ts";

const signedIn = { access: "signedIn" } as const;

export function promptRoutes(db: Db): Routes {
  return async (app) => {
    app.get(
      "/api/prompts",
      {
        config: signedIn,
        schema: { response: { 200: z.strictObject({ items: z.array(promptSummary) }) } },
      },
      async () => ({ items: await listSummaries(db) }),
    );
    app.get(
      "/api/prompts/:name",
      {
        config: signedIn,
        schema: { params: z.object({ name: z.string() }), response: { 200: promptDetail } },
      },
      async (request) => getDetail(db, normalizeRef(request.params.name, { kind: "prompt" })),
    );
  };
}
