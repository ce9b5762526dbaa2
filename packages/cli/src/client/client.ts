import { problem, UnavailableError } from "@causeway/contract";
import type { z } from "zod";
import { RequestRefusedError } from "../failure.ts";
import { readSse } from "./sse.ts";

/** Where the platform is, who we are there, and how we know, for messages. */
export type Address = {
  readonly origin: string;
  readonly token: string | undefined;
  readonly source: string;
};

type Method = "GET" | "POST" | "DELETE";
export type RequestOptions = {
  readonly method?: Method;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly accept?: string;
  /** An interactive caller waits no longer than this for the first byte. */
  readonly deadlineMs?: number;
};

export type Client = {
  readonly address: Address;
  /** The answer's JSON, parsed. Throws RequestRefusedError for a refusal of the platform. */
  readonly call: <T>(path: string, schema: z.ZodType<T>, options?: RequestOptions) => Promise<T>;
  /** Server-sent events until the server closes the stream. */
  readonly follow: <T>(
    path: string,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ) => AsyncGenerator<T>;
};

/** An inline run answers when it is done, so a call may take its time. */
const callDeadlineMs = 120_000;

export function createClient(address: Address): Client {
  return {
    address,
    call: async (path, schema, options = {}) => {
      const deadline = AbortSignal.timeout(options.deadlineMs ?? callDeadlineMs);
      const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
      const response = await send(address, path, { ...options, signal });
      return schema.parse(await response.json());
    },
    follow: async function* (path, schema, signal) {
      const response = await send(address, path, { signal, accept: "text/event-stream" });
      if (!response.body) return;
      for await (const event of readSse(response.body)) {
        yield schema.parse(JSON.parse(event.data));
      }
    },
  };
}

async function send(address: Address, path: string, options: RequestOptions): Promise<Response> {
  const url = new URL(path, address.origin);
  let response: Response;
  try {
    response = await fetch(url, {
      method: options.method ?? "GET",
      redirect: "error",
      headers: {
        accept: options.accept ?? "application/json",
        ...(address.token === undefined ? {} : { authorization: `Bearer ${address.token}` }),
        ...(options.body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    throw toUnreachable(error, address);
  }
  if (response.ok) return response;
  throw await toRefusal(response, address);
}

function toUnreachable(error: unknown, address: Address): unknown {
  if (error instanceof DOMException && error.name === "AbortError") return error;
  const timedOut = error instanceof DOMException && error.name === "TimeoutError";
  return new UnavailableError({
    code: "platform_unreachable",
    message: timedOut
      ? `The platform at ${address.origin} did not answer in time`
      : `No platform answers at ${address.origin} (from ${address.source})`,
    fix: "Start it with `npm run up`, or set CAUSEWAY_URL to a running one.",
    cause: error,
  });
}

async function toRefusal(response: Response, address: Address): Promise<RequestRefusedError> {
  const text = await response.text();
  const parsed = problem.safeParse(parseJson(text));
  if (parsed.success) {
    const signIn = response.status === 401 && parsed.data.fix === undefined;
    return new RequestRefusedError(
      signIn ? { ...parsed.data, fix: tokenHint(address) } : parsed.data,
    );
  }
  return new RequestRefusedError({
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    code: `http_${response.status}`,
    detail: `${address.origin} answered ${response.status} ${response.statusText}`.trimEnd(),
    requestId: response.headers.get("x-request-id") ?? "",
  });
}

function tokenHint(address: Address): string {
  return address.token === undefined
    ? "Set CAUSEWAY_TOKEN to a bearer token of this platform."
    : `The token from ${address.source} is not accepted: it may be of an earlier start. Read it anew or set CAUSEWAY_TOKEN.`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
