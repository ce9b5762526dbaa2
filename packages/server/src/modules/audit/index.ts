import type { Db } from "#platform/db/database";
import type { Routes } from "../../http/app.ts";
import { auditRoutes } from "./routes.ts";

export { appendAudit, principalChain, verifyChains } from "./service.ts";

export function createAudit(deps: { readonly db: Db }): { readonly routes: Routes } {
  return { routes: auditRoutes(deps.db) };
}
