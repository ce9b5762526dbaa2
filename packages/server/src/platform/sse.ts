import { once } from "node:events";
import type { FastifyReply } from "fastify";

export type ServerSentEvent = {
  readonly event: string;
  readonly data: unknown;
  /** What a reconnecting browser sends back as `Last-Event-ID`. */
  readonly id?: string;
};

export type EventStream = {
  /** Resolves when the watcher's connection takes more: a slow watcher slows its producer, not our memory. */
  send(event: ServerSentEvent): Promise<void>;
  close(): void;
  /** Aborted when the watcher is gone or the stream was closed. */
  readonly signal: AbortSignal;
};

const heartbeatMs = 15_000;

/** Takes the reply over and answers with server-sent events. A comment line now and then keeps proxies from cutting an
 *  idle stream and shows a dead watcher. */
export function openEventStream(reply: FastifyReply): EventStream {
  reply.hijack();
  const response = reply.raw;
  const gone = new AbortController();
  response.writeHead(200, {
    ...toHeaders(reply.getHeaders()),
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  response.flushHeaders();
  const heartbeat = setInterval(() => response.write(":\n\n"), heartbeatMs);
  const end = (): void => {
    clearInterval(heartbeat);
    gone.abort();
  };
  response.on("close", end);
  response.on("error", end);
  return {
    signal: gone.signal,
    send: async (event) => {
      if (gone.signal.aborted) return;
      if (response.write(formatEvent(event))) return;
      await once(response, "drain", { signal: gone.signal }).catch(() => {
        // The watcher went away while we waited; `signal` says so.
      });
    },
    close: () => {
      end();
      response.end();
    },
  };
}

/** Data is one line: JSON escapes every line break. */
export function formatEvent(event: ServerSentEvent): string {
  const id = event.id === undefined ? "" : `id: ${event.id}\n`;
  return `event: ${event.event}\n${id}data: ${JSON.stringify(event.data)}\n\n`;
}

function toHeaders(
  headers: Readonly<Record<string, number | string | string[] | undefined>>,
): Record<string, number | string | string[]> {
  const known = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as Record<string, number | string | string[]>; // filtered above
}
