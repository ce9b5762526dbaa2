import { ask, type Answer, type AskDeps } from "./ask.ts";
import { createMetrics } from "./metrics.ts";
import { renderPage, type Page } from "./page.ts";
import { Problem, problemResponse, toProblem } from "./problem.ts";
import { createTickets, type Tickets } from "./tickets.ts";
import { readTrace, type Trace } from "./trace.ts";

export type AppDeps = AskDeps & {
  readonly service: string;
  /** One JSON line an event. The question's text is never part of it. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
};
export type App = (request: Request) => Promise<Response>;

const maxQuestionCharacters = 2_000;
const maxBodyBytes = 16 * 1024;

/** The whole service as one function from Request to Response, for any server that speaks the web's own types. */
export async function createApp(deps: AppDeps): Promise<App> {
  const service: Service = {
    ...deps,
    metrics: createMetrics(),
    tickets: await createTickets(deps.now),
  };
  return async (request) => {
    const trace = readTrace(request.headers.get("traceparent"));
    try {
      return await route(service, request, trace);
    } catch (error) {
      return problemResponse(told(service, error, trace), trace.traceId);
    }
  };
}

type Service = AppDeps & {
  readonly metrics: ReturnType<typeof createMetrics>;
  readonly tickets: Tickets;
};

async function route(service: Service, request: Request, trace: Trace): Promise<Response> {
  const { pathname } = new URL(request.url);
  const asked = `${request.method} ${pathname}`;
  switch (asked) {
    case "GET /healthz":
      return Response.json({ status: "ok" });
    case "GET /metrics":
      return new Response(service.metrics.toText(), {
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      });
    case "GET /":
      return pageResponse(service, request, { question: "" });
    case "POST /ask":
      return Response.json(await answerQuestion(service, await readQuestion(request), trace));
    case "GET /ask":
      return askOnPage(service, request, trace);
    default:
      throw new Problem({
        status: 404,
        code: "not_found",
        message: `There is nothing at ${asked}. Send POST /ask with {"question": "…"}, or open / in a browser.`,
      });
  }
}

async function answerQuestion(service: Service, question: string, trace: Trace): Promise<Answer> {
  const startedAt = service.now();
  const answer = await ask(question, trace, service);
  service.metrics.countAnswer(answer);
  const { found, sources, usage, ttftMs, traceId } = answer;
  service.log({
    event: "asked",
    traceId,
    found,
    sources: sources.map(({ path }) => path),
    ...usage,
    ttftMs,
    durationMs: Math.round(service.now() - startedAt),
  });
  return answer;
}

/** The page's form. Failures are told on the page, where the person can mend the question. */
async function askOnPage(service: Service, request: Request, trace: Trace): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const text = searchParams.get("question") ?? "";
  const ticket = searchParams.get("ticket") ?? "";
  if (!(await service.tickets.isValid(ticket, principalOf(request)))) {
    const note = text === "" ? "" : "Press Ask to send this question.";
    return pageResponse(service, request, { question: text, note });
  }
  try {
    const answer = await answerQuestion(service, checkQuestion(text), trace);
    return await pageResponse(service, request, { question: text, answer });
  } catch (error) {
    const problem = told(service, error, trace);
    return pageResponse(service, request, { question: text, problem });
  }
}

async function pageResponse(
  service: Service,
  request: Request,
  page: Omit<Page, "service" | "ticket">,
): Promise<Response> {
  const ticket = await service.tickets.issue(principalOf(request));
  return new Response(renderPage({ ...page, service: service.service, ticket }), {
    status: page.problem?.status ?? 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
      "referrer-policy": "no-referrer",
    },
  });
}

/** Who the platform's ingress says is asking; it sets this header itself and lets no caller do so. */
function principalOf(request: Request): string {
  return request.headers.get("x-causeway-principal") ?? "anonymous";
}

async function readQuestion(request: Request): Promise<string> {
  const text = await request.text();
  if (text.length > maxBodyBytes) {
    const message = `The body is larger than ${maxBodyBytes / 1024} KB`;
    throw new Problem({ status: 413, code: "body_too_large", message });
  }
  return checkQuestion(parseBody(text)["question"]);
}

function parseBody(text: string): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
  } catch {
    // Told below, as for any other body that is not an object.
  }
  throw invalid('The body must be JSON such as {"question": "How many days of leave do I have?"}');
}

function checkQuestion(question: unknown): string {
  if (typeof question !== "string" || question.trim() === "") {
    throw invalid("question: must be a text that is not empty");
  }
  if (question.length > maxQuestionCharacters) {
    throw invalid(`question: must have at most ${maxQuestionCharacters} characters`);
  }
  return question.trim();
}

function invalid(message: string): Problem {
  return new Problem({ status: 400, code: "invalid_input", message });
}

/** Counts and logs a failure, and returns what the caller is told. */
function told(service: Service, error: unknown, trace: Trace): Problem {
  const problem = toProblem(error);
  const { status, code, cause } = problem;
  if (status === 404) return problem;
  const outcome = status === 429 ? "refused" : status < 500 ? "invalid" : "failed";
  service.metrics.countRefusal(outcome);
  service.log({
    event: "failed",
    traceId: trace.traceId,
    status,
    code,
    ...(cause instanceof Error ? { cause: cause.stack ?? cause.message } : {}),
  });
  return problem;
}
