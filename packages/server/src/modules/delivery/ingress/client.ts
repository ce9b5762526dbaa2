import type { Readable } from "node:stream";
import { Agent, type Dispatcher } from "undici";
import { toCallerHeaders } from "./ingress-headers.ts";

export type Forward = {
  readonly port: number;
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: a request without a body. */
  readonly body: Readable | undefined;
  readonly signal: AbortSignal;
};

export type Forwarded = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
};

export type ServiceClient = {
  /** Rejects when the service does not answer at all. */
  forward(request: Forward): Promise<Forwarded>;
  close(): Promise<void>;
};

/** How long a service may take until its answer begins, and then between two pieces of it: an answer may stream for
 *  hours, but not be silent for five minutes. */
const headersTimeoutMs = 120_000;
const bodyTimeoutMs = 300_000;

export function createServiceClient(): ServiceClient {
  // No idle connection outlives the service's process by much: its port may be somebody else's then.
  const agent = new Agent({
    headersTimeout: headersTimeoutMs,
    bodyTimeout: bodyTimeoutMs,
    keepAliveTimeout: 1_000,
    keepAliveMaxTimeout: 1_000,
    connections: 256,
  });
  return {
    forward: async ({ port, path, method, headers, body, signal }) => {
      const answer = await agent.request({
        origin: `http://127.0.0.1:${port}`,
        path,
        method,
        headers: { ...headers, host: `127.0.0.1:${port}` },
        body: body ?? null,
        signal,
      });
      return {
        status: answer.statusCode,
        headers: toCallerHeaders(answer.headers),
        body: answer.body,
      };
    },
    close: () => agent.destroy(),
  };
}
