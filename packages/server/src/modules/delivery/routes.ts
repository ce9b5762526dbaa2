import {
  serviceLogList,
  serviceLogQuery,
  serviceView,
  type ServiceLogLine,
} from "@causeway/contract";
import { z } from "zod";
import { openEventStream, type EventStream } from "#platform/sse";
import type { App, Routes } from "../../http/app.ts";
import { principalOf } from "../../http/principal.ts";
import { getService, listServices, restartService, type ServiceDeps } from "./service.ts";
import type { ServiceLog } from "./supervisor/log-file.ts";

const byName = z.strictObject({ name: z.string() });

export function serviceRoutes(deps: ServiceDeps): Routes {
  return async (app: App) => {
    app.get(
      "/api/services",
      {
        config: { access: "signedIn" },
        schema: { response: { 200: z.strictObject({ items: z.array(serviceView) }) } },
      },
      async () => ({ items: await listServices(deps) }),
    );

    app.get(
      "/api/services/:name",
      {
        config: { access: "signedIn" },
        schema: { params: byName, response: { 200: serviceView } },
      },
      (request) => getService(deps, request.params.name),
    );

    app.get(
      "/api/services/:name/logs",
      {
        config: { access: "signedIn" },
        schema: { params: byName, querystring: serviceLogQuery, response: { 200: serviceLogList } },
      },
      async (request, reply) => {
        const { name } = await getService(deps, request.params.name);
        const log = await deps.supervisor.logOf(name);
        const { limit, after } = request.query;
        if (!request.headers.accept?.includes("text/event-stream")) {
          return { lines: log.list({ after, limit }) };
        }
        const lastSeen = Number(request.headers["last-event-id"] ?? after);
        const from = { after: Number.isSafeInteger(lastSeen) ? lastSeen : after, limit };
        await follow(log, from, openEventStream(reply));
        return reply;
      },
    );

    app.post(
      "/api/services/:name/restart",
      { config: { access: "admin" }, schema: { params: byName, response: { 202: serviceView } } },
      async (request, reply) => {
        const actor = principalOf(request).ref;
        return reply
          .code(202)
          .send(await restartService(deps, { name: request.params.name, actor }));
      },
    );
  };
}

/** The lines so far, then each as it comes. A watcher that reads too slowly misses lines, which its `id`s show. */
async function follow(
  log: ServiceLog,
  from: { readonly after: number; readonly limit: number },
  stream: EventStream,
): Promise<void> {
  const waiting: ServiceLogLine[] = [];
  let wake = (): void => {};
  const unsubscribe = log.subscribe((line) => {
    waiting.push(line);
    if (waiting.length > maxWaiting) waiting.shift();
    wake();
  });
  stream.signal.addEventListener("abort", () => wake());
  waiting.push(...log.list(from));
  try {
    while (!stream.signal.aborted) {
      const line = waiting.shift();
      if (line) await stream.send({ event: "line", data: line, id: String(line.seq) });
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    unsubscribe();
  }
}

const maxWaiting = 1_000;
