import { internalHeaders, UnauthenticatedError, type SnapshotKey } from "@causeway/contract";
import type { Tables } from "./snapshot-tables.ts";

export type IncomingHeaders = Readonly<Record<string, string | string[] | undefined>>;
export type CallerContext = {
  readonly tables: Tables;
  readonly now: Date;
  readonly hash: (secret: string) => string;
  readonly internalTokenHash: string;
};

/** The key that a call runs under: its own secret as bearer or `x-api-key`, or, from the control plane, any key by id.
 *  Hashes are compared, so the time it takes tells nothing about a secret. */
export function findCaller(headers: IncomingHeaders, context: CallerContext): SnapshotKey {
  const internal = readHeader(headers, internalHeaders.token);
  if (internal !== undefined) return findInternalCaller(internal, headers, context);
  const secret = readSecret(headers);
  if (secret === undefined) {
    throw new UnauthenticatedError({
      code: "missing_api_key",
      message:
        "This needs a virtual key: send it as 'Authorization: Bearer cwk_…' or in 'x-api-key'",
    });
  }
  const found = context.tables.secrets.get(context.hash(secret));
  if (!found) {
    throw new UnauthenticatedError({
      code: "invalid_api_key",
      message: "This virtual key is unknown or was revoked",
      fix: "Ask for a new secret of the key: POST /api/keys/{id}/secrets on the control plane.",
    });
  }
  if (found.expiresAtMs <= context.now.getTime()) {
    throw new UnauthenticatedError({
      code: "expired_api_key",
      message: `This virtual key's secret expired at ${new Date(found.expiresAtMs).toISOString()}`,
      fix: "Ask for a new secret of the key: POST /api/keys/{id}/secrets on the control plane.",
    });
  }
  return found.key;
}

function findInternalCaller(
  token: string,
  headers: IncomingHeaders,
  context: CallerContext,
): SnapshotKey {
  const keyId = readHeader(headers, internalHeaders.keyId) ?? "";
  const key = context.tables.keys.get(keyId);
  if (context.hash(token) === context.internalTokenHash && key) return key;
  throw new UnauthenticatedError({
    code: "invalid_internal_token",
    message: "The internal token is wrong, or it names no key that this gateway knows",
  });
}

function readSecret(headers: IncomingHeaders): string | undefined {
  const bearer = /^Bearer\s+(\S+)$/i.exec(readHeader(headers, "authorization") ?? "");
  return bearer?.[1] ?? readHeader(headers, "x-api-key");
}

export function readHeader(headers: IncomingHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
