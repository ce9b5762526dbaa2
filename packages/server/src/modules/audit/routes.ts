import { auditList, auditListQuery, auditVerification } from "@causeway/contract";
import type { Routes } from "../../http/app.ts";
import type { Db } from "#platform/db/database";
import { listAudit, verifyChains } from "./service.ts";

export function auditRoutes(db: Db): Routes {
  return async (app) => {
    app.get(
      "/api/audit",
      {
        config: { access: "admin" },
        schema: { querystring: auditListQuery, response: { 200: auditList } },
      },
      async (request) => {
        const { chain, limit, cursor } = request.query;
        const before = cursor === undefined ? undefined : Number(cursor);
        return listAudit(db, { chain, limit, before });
      },
    );
    app.get(
      "/api/audit/verification",
      { config: { access: "admin" }, schema: { response: { 200: auditVerification } } },
      async () => verifyChains(db),
    );
  };
}
