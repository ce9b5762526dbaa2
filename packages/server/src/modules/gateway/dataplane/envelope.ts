import {
  ConflictError,
  ForbiddenError,
  InvalidError,
  LimitError,
  NotFoundError,
  PlatformError,
  UnauthenticatedError,
  UnavailableError,
} from "@causeway/contract";

/** An error as OpenAI's clients read it; `requestId`, `fix` and what `extra` holds are ours. */
export type ErrorAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A provider's answer that ends a call: its status goes on to the caller, in one envelope with ours. */
export class UpstreamError extends PlatformError {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    details: ConstructorParameters<typeof PlatformError>[0],
    upstream: { status: number; type: string; headers?: Readonly<Record<string, string>> },
  ) {
    super(details);
    this.status = upstream.status;
    this.type = upstream.type;
    this.headers = upstream.headers ?? {};
  }
}

const kinds = new Map<unknown, { readonly status: number; readonly type: string }>([
  [InvalidError, { status: 400, type: "invalid_request_error" }],
  [UnauthenticatedError, { status: 401, type: "authentication_error" }],
  [ForbiddenError, { status: 403, type: "permission_error" }],
  [NotFoundError, { status: 404, type: "invalid_request_error" }],
  [ConflictError, { status: 409, type: "invalid_request_error" }],
  [LimitError, { status: 429, type: "insufficient_quota" }],
  [UnavailableError, { status: 503, type: "server_error" }],
]);
const bug = { status: 500, type: "server_error" } as const;

export function toErrorAnswer(error: unknown, requestId: string): ErrorAnswer {
  if (error instanceof UpstreamError) {
    const { status, type, headers } = error;
    return answer(error, { status, type, headers, requestId });
  }
  if (error instanceof PlatformError) {
    const kind = kinds.get(error.constructor) ?? bug;
    return answer(error, { ...kind, requestId, headers: headersOf(error) });
  }
  const status = clientStatusOf(error);
  if (status !== undefined && error instanceof Error) {
    const code = status === 413 ? "body_too_large" : "invalid_request";
    const wrong = new InvalidError({ code, message: error.message });
    return answer(wrong, { status, type: "invalid_request_error", requestId, headers: {} });
  }
  const hidden = new PlatformError({
    code: "internal_error",
    message: "Something went wrong in the gateway. The request id finds it in the log.",
  });
  return answer(hidden, { ...bug, requestId, headers: {} });
}

/** Official clients repeat 429 and 5xx by themselves; `x-should-retry` tells them when that is in vain. */
function headersOf(error: PlatformError): Record<string, string> {
  if (error instanceof LimitError) return { "x-should-retry": "false" };
  if (error instanceof UnavailableError) return { "retry-after": "2" };
  return {};
}

type Facts = {
  readonly status: number;
  readonly type: string;
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string>>;
};

function answer(error: PlatformError, facts: Facts): ErrorAnswer {
  return {
    status: facts.status,
    headers: { "content-type": "application/json; charset=utf-8", ...facts.headers },
    body: JSON.stringify({ error: toErrorObject(error, facts) }),
  };
}

export function toErrorObject(
  error: PlatformError,
  facts: { readonly type: string; readonly requestId: string },
): Record<string, unknown> {
  return {
    message: error.fix === undefined ? error.message : `${error.message}. ${error.fix}`,
    type: facts.type,
    param: error.issues[0]?.path ?? null,
    code: error.code,
    requestId: facts.requestId,
    ...error.extra,
  };
}

/** Fastify's own refusals carry a status below 500. */
function clientStatusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("statusCode" in error)) return undefined;
  const status = error.statusCode;
  return typeof status === "number" && status >= 400 && status < 500 ? status : undefined;
}
