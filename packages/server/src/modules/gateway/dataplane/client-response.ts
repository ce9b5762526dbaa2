import type { ErrorAnswer } from "./envelope.ts";

/** What we use of Node's ServerResponse. */
type RawResponse = {
  readonly headersSent: boolean;
  readonly writableFinished: boolean;
  on(event: "close", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  once(event: "drain", listener: () => void): unknown;
  writeHead(status: number, headers: Record<string, string>): unknown;
  write(text: string): boolean;
  end(body?: string | Uint8Array): unknown;
};

/** The caller's side of a hijacked exchange: writes nothing once the caller has left. */
export type ClientResponse = ReturnType<typeof createClientResponse>;

export function createClientResponse(
  raw: RawResponse,
  ownHeaders: Readonly<Record<string, string>>,
) {
  let isGone = false;
  let onGone: (() => void) | undefined;
  raw.on("close", () => {
    if (raw.writableFinished) return;
    isGone = true;
    onGone?.();
  });
  // A write to a caller who has left is no error of ours.
  raw.on("error", () => {});
  return {
    isGone: () => isGone,
    hasBegun: () => raw.headersSent,
    /** One listener at a time: the attempt that is under way. */
    whenGone: (listener: (() => void) | undefined): void => {
      onGone = listener;
    },
    beginStream: (headers: Readonly<Record<string, string>>): void => {
      if (isGone) return;
      raw.writeHead(200, {
        ...headers,
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
        ...ownHeaders,
      });
    },
    /** False: wait for `onceDrained` before more. */
    write: (text: string): boolean => isGone || raw.write(text),
    onceDrained: (resume: () => void): void => {
      raw.once("drain", resume);
    },
    end: (): void => {
      if (!isGone) raw.end();
    },
    send: (
      status: number,
      headers: Readonly<Record<string, string>>,
      body: string | Uint8Array,
    ): void => {
      if (isGone) return;
      const length = { "content-length": String(Buffer.byteLength(body)) };
      raw.writeHead(status, { ...headers, ...length, ...ownHeaders });
      raw.end(body);
    },
    sendError: ({ status, headers, body }: ErrorAnswer): void => {
      if (isGone) return;
      raw.writeHead(status, { ...headers, ...ownHeaders });
      raw.end(body);
    },
  };
}
