import type { Readable } from "node:stream";
import {
  ForbiddenError,
  internalHeaders,
  UnavailableError,
  type SnapshotKey,
} from "@causeway/contract";
import { request } from "undici";
import type { ControlClient } from "./control-client.ts";
import { UpstreamError } from "./envelope.ts";
import { readHeader, type IncomingHeaders } from "./find-caller.ts";
import { isAllowed } from "./snapshot-tables.ts";

export type Forwarded = {
  readonly method: "GET" | "POST" | "DELETE";
  /** On the control plane, with its query. */
  readonly path: string;
  readonly key: SnapshotKey;
  readonly headers: IncomingHeaders;
  readonly body: Readable | Buffer | undefined;
  readonly traceparent: string;
};
export type ForwardAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
};

/** Passes a call on to the control plane in the name of the key. What the gateway cannot answer by itself is down when the
 *  control plane is (I10), and says so. */
export async function forward(control: ControlClient, call: Forwarded): Promise<ForwardAnswer> {
  const contentType = readHeader(call.headers, "content-type");
  const contentLength = readHeader(call.headers, "content-length");
  try {
    const answer = await request(`${control.origin}${call.path}`, {
      dispatcher: control.agent,
      method: call.method,
      headers: {
        ...control.headers,
        [internalHeaders.keyId]: call.key.id,
        [internalHeaders.principal]: call.key.principal,
        traceparent: call.traceparent,
        ...(contentType === undefined ? {} : { "content-type": contentType }),
        ...(contentLength === undefined || call.body === undefined
          ? {}
          : { "content-length": contentLength }),
      },
      body: call.body ?? null,
    });
    const body = Buffer.from(await answer.body.arrayBuffer());
    if (answer.statusCode >= 400) throw toError(answer.statusCode, body);
    const answerType = readHeader(answer.headers, "content-type") ?? "application/json";
    return { status: answer.statusCode, contentType: answerType, body };
  } catch (error) {
    if (error instanceof UpstreamError) throw error;
    throw new UnavailableError({
      code: "control_plane_unavailable",
      message: "The control plane, which answers this, is not reachable; model calls go on",
      fix: "Try again in a moment.",
      cause: error,
    });
  }
}

/** A problem document (RFC 9457) in the caller's dialect. */
function toError(status: number, body: Buffer): UpstreamError {
  const problem = parseProblem(body);
  return new UpstreamError(
    { ...problem, code: problem.code ?? "control_plane_refused" },
    {
      status,
      type: status >= 500 ? "server_error" : "invalid_request_error",
      headers: status === 503 ? { "retry-after": "2" } : {},
    },
  );
}

function parseProblem(body: Buffer): { message: string; code?: string; fix?: string } {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    value = undefined;
  }
  const problem: Record<string, unknown> = { ...(typeof value === "object" ? value : {}) };
  return {
    message:
      typeof problem["detail"] === "string" ? problem["detail"] : "The control plane refused this",
    ...(typeof problem["code"] === "string" ? { code: problem["code"] } : {}),
    ...(typeof problem["fix"] === "string" ? { fix: problem["fix"] } : {}),
  };
}

export function assertStoreAllowed(key: SnapshotKey, name: string): void {
  if (isAllowed(key.vectorStores, `vectorstore:default/${name.toLowerCase()}`)) return;
  throw new ForbiddenError({
    code: "vector_store_not_allowed",
    message: `The key "${key.name}" may not use the vector store "${name}"`,
    fix: `Ask the owner of the key, ${key.owner}, for vectorstore:default/${name}.`,
  });
}
