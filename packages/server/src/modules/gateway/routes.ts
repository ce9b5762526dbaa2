import {
  budgetView,
  gatewaySnapshot,
  issuedSecret,
  issueSecretBody,
  keyView,
  leaseGrant,
  leaseRequest,
  usageAck,
  usageBatch,
  usageQuery,
  usageReport,
  usageRequestsPage,
  usageRequestsQuery,
} from "@causeway/contract";
import { z } from "zod";
import type { App, Routes } from "../../http/app.ts";
import { principalOf } from "../../http/principal.ts";
import type { ConnectedGateways } from "./connection-service.ts";
import { grantLease, listBudgets, type LeaseDeps } from "./lease-service.ts";
import {
  issueSecret,
  listKeyViews,
  listRequests,
  recordUsage,
  reportUsage,
  type ServiceDeps,
} from "./service.ts";
import type { SnapshotService } from "./snapshot-service.ts";

export type RouteDeps = ServiceDeps &
  LeaseDeps & {
    readonly snapshots: SnapshotService;
    readonly gateways: ConnectedGateways;
    readonly longPollMs: number;
  };

export function gatewayRoutes(deps: RouteDeps): Routes {
  return async (app) => {
    keyRoutes(app, deps);
    usageRoutes(app, deps);
    dataplaneRoutes(app, deps);
  };
}

const tags = ["gateway"];

function keyRoutes(app: App, deps: RouteDeps): void {
  app.get(
    "/api/keys",
    {
      config: { access: "signedIn" },
      schema: { tags, response: { 200: z.strictObject({ items: z.array(keyView) }) } },
    },
    async () => ({ items: await listKeyViews(deps) }),
  );
  app.post(
    "/api/keys/:id/secrets",
    {
      config: { access: "admin" },
      schema: {
        tags,
        params: z.strictObject({ id: z.string() }),
        body: issueSecretBody,
        response: { 201: issuedSecret },
      },
    },
    async (request, reply) => {
      const issued = await issueSecret(deps, {
        keyId: request.params.id,
        actor: principalOf(request).ref,
        ...request.body,
      });
      return reply.code(201).header("cache-control", "no-store").send(issued);
    },
  );
}

function usageRoutes(app: App, deps: RouteDeps): void {
  app.get(
    "/api/budgets",
    {
      config: { access: "signedIn" },
      schema: { tags, response: { 200: z.strictObject({ items: z.array(budgetView) }) } },
    },
    async () => ({ items: await listBudgets(deps) }),
  );
  app.get(
    "/api/usage",
    {
      config: { access: "signedIn" },
      schema: { tags, querystring: usageQuery, response: { 200: usageReport } },
    },
    async (request) => reportUsage(deps, request.query),
  );
  app.get(
    "/api/usage/requests",
    {
      config: { access: "signedIn" },
      schema: { tags, querystring: usageRequestsQuery, response: { 200: usageRequestsPage } },
    },
    async (request) => listRequests(deps, request.query),
  );
}

/** What data planes ask and tell. */
function dataplaneRoutes(app: App, deps: RouteDeps): void {
  app.get(
    "/api/gateway/snapshot",
    {
      config: { access: "gateway" },
      schema: {
        tags,
        querystring: z.strictObject({
          since: z.coerce.number().int().default(-1),
          gateway: z.string().min(1).max(100),
        }),
        response: { 200: gatewaySnapshot, 204: z.null() },
      },
    },
    async (request, reply) => {
      const { since, gateway } = request.query;
      const left = new AbortController();
      const leave = (): void => left.abort();
      reply.raw.once("close", leave);
      const timer = setTimeout(leave, deps.longPollMs);
      const pollEnds = deps.gateways.pollBegins(gateway, since);
      try {
        const snapshot = await deps.snapshots.waitForOther(since, left.signal);
        return snapshot ? await reply.send(snapshot) : await reply.code(204).send(null);
      } finally {
        clearTimeout(timer);
        reply.raw.off("close", leave);
        pollEnds(reply.raw.destroyed ? "broken" : "answered");
      }
    },
  );
  app.post(
    "/api/gateway/usage",
    {
      config: { access: "gateway" },
      schema: { tags, body: usageBatch, response: { 200: usageAck } },
    },
    async (request) => recordUsage(deps, request.body.records),
  );
  app.post(
    "/api/gateway/leases",
    {
      config: { access: "gateway" },
      schema: { tags, body: leaseRequest, response: { 200: leaseGrant } },
    },
    async (request) => grantLease(deps, request.body),
  );
}
