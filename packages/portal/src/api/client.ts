import { problem as problemSchema, type Problem } from "@causeway/contract";
import type { z } from "zod";

/** A refusal as the server said it, or what we can say when it said nothing. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    super(problem.detail, cause === undefined ? undefined : { cause });
    this.name = "ProblemError";
    this.problem = problem;
  }
}

export type RequestOptions = {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly body?: unknown;
  readonly signal?: AbortSignal;
};

/** Asks our own origin and parses the answer. Throws ProblemError, nothing else (but the abort). */
export async function request<S extends z.ZodType>(
  schema: S,
  path: string,
  options: RequestOptions = {},
): Promise<z.output<S>> {
  const response = await send(path, options);
  const text = await response.text();
  if (!response.ok) throw new ProblemError(toProblem(response, text));
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new ProblemError(
    {
      ...local,
      status: response.status,
      title: "The answer could not be read",
      detail: `${path} answered in a shape that this portal does not know.`,
      code: "unexpected_answer",
      requestId: response.headers.get("x-request-id") ?? "",
      fix: "Reload the page; the platform may have been updated since it was opened.",
      issues: parsed.error.issues.slice(0, 5).map((issue) => ({
        path: issue.path.join(".") || "(whole answer)",
        message: issue.message,
      })),
    },
    parsed.error,
  );
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  try {
    return await fetch(path, {
      method: options.method ?? "GET",
      headers: {
        accept: "application/json",
        ...(options.body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw new ProblemError(
      {
        ...local,
        status: 0,
        title: "The platform does not answer",
        detail: "The control plane cannot be reached from this browser.",
        code: "unreachable",
        fix: "Check that it runs: `npm run up` starts it.",
      },
      error,
    );
  }
}

const local = { type: "about:blank", requestId: "" } as const;

/** The server's problem document; for answers of anything between (proxies), the status alone. */
export function toProblem(response: Pick<Response, "status" | "headers">, text: string): Problem {
  const parsed = problemSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  return {
    ...local,
    status: response.status,
    title: `The request was refused (${response.status})`,
    detail: text.trim().slice(0, 300) || "The answer says no reason.",
    code: "unexplained_refusal",
    requestId: response.headers.get("x-request-id") ?? "",
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown; // The schemas that follow decide what it is.
  } catch {
    return undefined;
  }
}

/** What a thrown value says to people. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return {
    ...local,
    status: 0,
    title: "Something went wrong in the portal",
    detail: error instanceof Error ? error.message : String(error),
    code: "portal_error",
    fix: "Reload the page.",
  };
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.status === 401;
}
