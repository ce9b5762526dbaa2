import { Pool } from "undici";
import type { Transport } from "../provider.ts";

export type HttpTransportOptions = {
  readonly baseUrl: string;
  readonly connectTimeoutMs: number;
  readonly connections: number;
};

/** Any server that speaks the OpenAI dialect, by undici's dispatch: no web streams on the way. It follows no redirect:
 *  the provider's key goes to the declared address or nowhere. */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/$/, "");
  const pool = new Pool(base.origin, {
    connections: options.connections,
    connect: { timeout: options.connectTimeoutMs },
    // The relay has its own clocks for first token, silence and the whole call.
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 1,
  });
  return {
    send: ({ path, headers, body }, events) => {
      const state: { isAborted: boolean; controller?: Controller } = { isAborted: false };
      pool.dispatch(
        { path: prefix + path, method: "POST", headers, body },
        {
          onRequestStart: (controller) => {
            state.controller = controller;
            if (state.isAborted) controller.abort(new Error("the caller has left"));
          },
          onResponseStart: (_controller, status, responseHeaders) => {
            if (!state.isAborted && status >= 200) events.head(status, responseHeaders);
          },
          onResponseData: (_controller, chunk) => {
            if (!state.isAborted) events.data(chunk);
          },
          onResponseEnd: () => {
            if (!state.isAborted) events.end();
          },
          onResponseError: (_controller, error) => {
            if (!state.isAborted) events.failure(error);
          },
        },
      );
      return {
        abort: () => {
          state.isAborted = true;
          state.controller?.abort(new Error("the caller has left"));
        },
        pause: () => state.controller?.pause(),
        resume: () => state.controller?.resume(),
      };
    },
    close: () => pool.destroy(),
  };
}

type Controller = {
  abort(reason: Error): void;
  pause(): void;
  resume(): void;
};
