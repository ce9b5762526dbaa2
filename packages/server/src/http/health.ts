import { z } from "zod";
import { isReachable, type Db } from "#platform/db/database";
import type { App, Routes } from "./app.ts";

const status = z.strictObject({ status: z.enum(["ok", "unavailable"]) });

/** `/healthz`: the process answers. `/readyz`: it can also reach its database. */
export function healthRoutes(db: Db): Routes {
  return async (app: App) => {
    app.get(
      "/healthz",
      { config: { access: "public" }, schema: { response: { 200: status }, hide: true } },
      async () => ({ status: "ok" as const }),
    );
    app.get(
      "/readyz",
      {
        config: { access: "public" },
        schema: { response: { 200: status, 503: status }, hide: true },
      },
      async (_request, reply) => {
        if (await isReachable(db)) return { status: "ok" as const };
        return reply.code(503).send({ status: "unavailable" as const });
      },
    );
  };
}
