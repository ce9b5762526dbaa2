import {
  ConflictError,
  ForbiddenError,
  InvalidError,
  LimitError,
  NotFoundError,
  PlatformError,
  UnauthenticatedError,
  UnavailableError,
  type Issue,
  type Problem,
} from "@causeway/contract";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { ZodError } from "zod";

const statusOf = new Map<unknown, { status: number; title: string }>([
  [InvalidError, { status: 400, title: "Invalid input" }],
  [UnauthenticatedError, { status: 401, title: "Not signed in" }],
  [ForbiddenError, { status: 403, title: "Not allowed" }],
  [NotFoundError, { status: 404, title: "Not found" }],
  [ConflictError, { status: 409, title: "Conflict" }],
  [LimitError, { status: 429, title: "Limit reached" }],
  [UnavailableError, { status: 503, title: "Unavailable" }],
]);

/** Any thrown value to RFC 9457: refusals as they are, everything else as a 500 that gives only its id away. */
export function toProblem(error: unknown, requestId: string): Problem {
  if (error instanceof PlatformError) return fromPlatformError(error, requestId);
  const issues = issuesOf(error);
  if (issues) {
    const detail = issues.map((issue) => `${issue.path}: ${issue.message}`).join("; ");
    return build({
      status: 400,
      title: "Invalid input",
      code: "invalid_input",
      detail,
      requestId,
      issues,
    });
  }
  const status = clientStatusOf(error);
  if (status) {
    const detail = error instanceof Error ? error.message : String(error);
    return build({ status, title: "Invalid request", code: "invalid_request", detail, requestId });
  }
  return build({
    status: 500,
    title: "Internal error",
    code: "internal_error",
    detail: "Something went wrong in the platform. The request id finds it in the log.",
    requestId,
  });
}

function fromPlatformError(error: PlatformError, requestId: string): Problem {
  const known = statusOf.get(error.constructor) ?? { status: 500, title: "Internal error" };
  return {
    ...error.extra,
    ...build({ ...known, code: error.code, detail: error.message, requestId }),
    ...(error.fix === undefined ? {} : { fix: error.fix }),
    ...(error.issues.length === 0 ? {} : { issues: [...error.issues] }),
  };
}

type Members = {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  readonly issues?: Issue[];
};

function build(members: Members): Problem {
  return { type: `urn:causeway:problem:${members.code}`, ...members };
}

function issuesOf(error: unknown): Issue[] | undefined {
  if (error instanceof ZodError) {
    return error.issues.map((issue) => ({
      path: issue.path.join(".") || "(body)",
      message: issue.message,
    }));
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    return error.validation.map((issue) => ({
      path: issue.instancePath.replace(/^\//, "").replaceAll("/", ".") || "(body)",
      message: issue.message ?? "invalid",
    }));
  }
  return undefined;
}

/** Fastify's own refusals (malformed JSON, body too large) carry a status below 500. */
function clientStatusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("statusCode" in error)) return undefined;
  const status = error.statusCode;
  return typeof status === "number" && status >= 400 && status < 500 ? status : undefined;
}
