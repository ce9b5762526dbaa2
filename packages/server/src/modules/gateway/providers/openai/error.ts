import type { ProviderFailure } from "../provider.ts";
import { memberOf } from "./from-response.ts";

/** A provider's error body, in whatever shape, to OpenAI's words. */
export function readFailure(status: number, body: string): ProviderFailure {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    answer = undefined;
  }
  return toFailure(status, memberOf(answer, "error") ?? memberOf(answer, "detail") ?? answer);
}

export function toFailure(status: number, error: unknown): ProviderFailure {
  return {
    status,
    message:
      readString(error, "message") ?? (typeof error === "string" ? error : defaultMessage(status)),
    type: readString(error, "type") ?? (status >= 500 ? "server_error" : "invalid_request_error"),
    param: readString(error, "param") ?? null,
    code: readString(error, "code") ?? null,
  };
}

function readString(value: unknown, name: string): string | undefined {
  const member = memberOf(value, name);
  return typeof member === "string" ? member : undefined;
}

function defaultMessage(status: number): string {
  return `The provider answered with status ${status} and no message`;
}
