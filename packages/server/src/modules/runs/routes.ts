import {
  actionList,
  createRun,
  isRunAtRest,
  runEventsQuery,
  runList,
  runListQuery,
  runLogList,
  runLogQuery,
  runView,
  startRun,
  type RunState,
} from "@causeway/contract";
import { z } from "zod";
import type { Log } from "#platform/log";
import { openEventStream } from "#platform/sse";
import type { App, Routes } from "../../http/app.ts";
import { principalOf } from "../../http/principal.ts";
import type { RunSignals } from "./engine/signals.ts";
import { toActionView, type ActionRegistry } from "./registry.ts";
import type { RunService } from "./service.ts";
import { streamRun } from "./stream.ts";

const runParams = z.strictObject({ id: z.string() });

export type RouteDeps = {
  readonly service: RunService;
  readonly signals: RunSignals;
  readonly registry: ActionRegistry;
  readonly log: Log;
};

export function runRoutes(deps: RouteDeps): Routes {
  return async (app) => {
    addSubmitting(app, deps.service);
    addReading(app, deps);
    addMoving(app, deps.service);
    addStream(app, deps);
  };
}

function addSubmitting(app: App, service: RunService): void {
  app.post(
    "/api/runs",
    {
      config: { access: "admin" },
      schema: { body: createRun, response: { 201: runView, 202: runView } },
    },
    async (request, reply) => {
      const { plan, start, submissionId } = request.body;
      const run = await service.submit(plan, principalOf(request), { start, submissionId });
      return reply.code(isSettled(run.state) ? 201 : 202).send(run);
    },
  );
}

/** 201: the answer is all there is to say for now. 202: something goes on. */
function isSettled(state: RunState): boolean {
  return state === "previewed" || isRunAtRest(state);
}

function addReading(app: App, { service, registry }: RouteDeps): void {
  app.get(
    "/api/runs",
    {
      config: { access: "signedIn" },
      schema: { querystring: runListQuery, response: { 200: runList } },
    },
    async (request) => {
      const { state, templateRef, limit, cursor } = request.query;
      return service.list({ state, templateRef, limit, before: cursor });
    },
  );
  app.get(
    "/api/runs/:id",
    {
      config: { access: "signedIn" },
      schema: { params: runParams, response: { 200: runView } },
    },
    async (request) => service.get(request.params.id),
  );
  app.get(
    "/api/runs/:id/logs",
    {
      config: { access: "signedIn" },
      schema: { params: runParams, querystring: runLogQuery, response: { 200: runLogList } },
    },
    async (request) => {
      const run = await service.get(request.params.id);
      const items = await service.listLogs(run.id, request.query);
      const isFull = items.length === request.query.limit;
      return { items, nextAfter: isFull ? (items.at(-1)?.seq ?? null) : null };
    },
  );
  app.get(
    "/api/actions",
    { config: { access: "signedIn" }, schema: { response: { 200: actionList } } },
    async () => ({ items: registry.list().map(toActionView) }),
  );
}

function addMoving(app: App, service: RunService): void {
  const answers = { params: runParams, response: { 202: runView } };
  app.post(
    "/api/runs/:id/start",
    { config: { access: "admin" }, schema: { ...answers, body: startRun } },
    async (request, reply) => {
      const { planHash } = request.body;
      const run = await service.start(request.params.id, planHash, principalOf(request));
      return reply.code(202).send(run);
    },
  );
  app.post(
    "/api/runs/:id/retry",
    { config: { access: "admin" }, schema: answers },
    async (request, reply) =>
      reply.code(202).send(await service.retry(request.params.id, principalOf(request))),
  );
  app.post(
    "/api/runs/:id/cancel",
    { config: { access: "admin" }, schema: answers },
    async (request, reply) =>
      reply.code(202).send(await service.cancel(request.params.id, principalOf(request))),
  );
}

function addStream(app: App, { service, signals, log }: RouteDeps): void {
  app.get(
    "/api/runs/:id/events",
    {
      config: { access: "signedIn" },
      schema: { params: runParams, querystring: runEventsQuery },
    },
    async (request, reply) => {
      // Before the stream is opened: an unknown run is a 404, not an empty stream.
      const { id: runId } = await service.get(request.params.id);
      const lastSeen = Number(request.headers["last-event-id"] ?? 0);
      const afterLog = request.query.afterLog ?? (Number.isInteger(lastSeen) ? lastSeen : 0);
      const stream = openEventStream(reply);
      await streamRun({ service, signals }, { runId, afterLog }, stream).catch((error: unknown) => {
        log.warn({ err: error, runId }, "run stream ended");
      });
      return reply;
    },
  );
}
