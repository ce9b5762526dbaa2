/** A refusal in the caller's words; becomes problem JSON (RFC 9457), or a sentence on the page. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfter: string | null;

  constructor(details: {
    status: number;
    code: string;
    message: string;
    retryAfter?: string | null;
    cause?: unknown;
  }) {
    super(details.message, { cause: details.cause });
    this.name = "Problem";
    this.status = details.status;
    this.code = details.code;
    this.retryAfter = details.retryAfter ?? null;
  }
}

const titles: Readonly<Record<number, string>> = {
  400: "Invalid input",
  404: "Not found",
  405: "Method not allowed",
  413: "Too large",
  429: "Limit reached",
  503: "Unavailable",
};

/** Anything that is not a Problem is a bug of this service: it is logged, and the caller learns only where to find it. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem({
    status: 500,
    code: "internal_error",
    message: "Something went wrong in the service. The trace id finds it in the log.",
    cause: error,
  });
}

export function problemResponse(problem: Problem, traceId: string): Response {
  const body = {
    type: `urn:causeway:problem:${problem.code}`,
    title: titles[problem.status] ?? "Internal error",
    status: problem.status,
    detail: problem.message,
    code: problem.code,
    traceId,
  };
  return new Response(JSON.stringify(body), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      ...(problem.retryAfter === null ? {} : { "retry-after": problem.retryAfter }),
    },
  });
}
