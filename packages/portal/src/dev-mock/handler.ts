import { refOfEntity, usageGroupBy, type Issue, type Json, type Problem } from "@causeway/contract";
import { entities } from "./entities.ts";
import * as rows from "./rows.ts";
import { eventsOf, previewOf, runOf, sketches } from "./runs.ts";

/** Chosen by the cookie `mock`: what a page looks like with data, without, when all fails, slow, and signed out. */
type Scene = "full" | "empty" | "error" | "slow" | "signed-out";

/** Answers as the control plane would, from rows made up for development. Undefined = not an address of the API. */
export async function answer(request: Request): Promise<Response | undefined> {
  const url = new URL(request.url);
  if (!/^\/(api|services)\//.test(url.pathname)) return undefined;
  const cookie = /(?:^|;\s*)mock=([a-z-]+)/.exec(request.headers.get("cookie") ?? "");
  const scene = (cookie?.[1] ?? "full") as Scene; // A developer's own cookie.
  if (scene === "signed-out")
    return refuse({ status: 401, code: "signed_out", detail: "Nobody is signed in." });
  if (scene === "slow") await new Promise((resolve) => setTimeout(resolve, 60_000));
  if (url.pathname === "/api/me") return json(rows.admin);
  if (scene === "error") {
    return refuse({
      status: 503,
      code: "database_unreachable",
      detail: "PostgreSQL does not answer on its socket.",
      fix: "Look into logs/postgres.log; `npm run up` starts it again.",
    });
  }
  if (request.method === "POST") return answerPost(request, url);
  const stream = answerStream(request, url);
  return stream ?? answerGet(url, scene === "empty");
}

const json = (body: unknown, status = 200) => Response.json(body, { status });

type Refusal = Pick<Problem, "status" | "code" | "detail"> & Partial<Problem>;

function refuse(refusal: Refusal): Response {
  const { status, code } = refusal;
  const problem = {
    type: `urn:causeway:problem:${code}`,
    title: status === 404 ? "Not found" : status === 400 ? "Invalid input" : "Unavailable",
    requestId: "req_0198f7a2c9",
    ...refusal,
  };
  return json(problem, status);
}

function answerGet(url: URL, isEmpty: boolean): Response {
  const path = url.pathname;
  const list = (items: readonly unknown[]) => json({ items: isEmpty ? [] : items });
  const paged = (items: readonly unknown[]) =>
    json({ items: isEmpty ? [] : items, nextCursor: null });
  const name = path.split("/").at(-1) ?? "";
  const sketch = sketches.find((each) => each.id === name);
  const answers: Readonly<Record<string, () => Response>> = {
    "/api/services": () => list(rows.services),
    "/api/budgets": () => list(rows.budgets()),
    "/api/keys": () => list(rows.keys),
    "/api/usage": () => json(usage(url, isEmpty)),
    "/api/usage/requests": () => paged(rows.requests()),
    "/api/golden-paths": () => list([summaryOfGoldenPath()]),
    "/api/golden-paths/rag-service": () => json(rows.goldenPath),
    "/api/runs": () => paged(sketches.map((each) => summaryOf(runOf(each)))),
    "/api/prompts": () => list([summaryOfPrompt()]),
    "/api/prompts/docs-bot": () => json(rows.prompt),
    "/api/audit": () => paged(rows.auditEntries()),
    "/api/audit/verification": () => json({ chains: 3, entries: 41, faults: [] }),
    "/api/catalog/entity-facets": () => json(facets(isEmpty)),
    "/api/catalog/entities/by-query": () => json(query(url, isEmpty)),
  };
  const known = answers[path];
  if (known) return known();
  if (sketch && path.startsWith("/api/runs/")) return json(runOf(sketch));
  const entity = findEntity(path);
  return entity
    ? json(entity)
    : refuse({ status: 404, code: "no_such_thing", detail: `${path} does not exist.` });
}

function findEntity(path: string) {
  const match = /^\/api\/catalog\/entities\/by-name\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path);
  return (
    match && entities.find((each) => refOfEntity(each) === `${match[1]}:${match[2]}/${match[3]}`)
  );
}

function usage(url: URL, isEmpty: boolean) {
  const report = rows.usage(usageGroupBy.parse(url.searchParams.get("groupBy") ?? "principal"));
  const nothing = { requests: 0, failed: 0, inputTokens: 0, outputTokens: 0, costMicroUsd: 0 };
  const total = { ...report.total, ...nothing, notionalMicroUsd: 0 };
  return isEmpty ? { ...report, rows: [], total } : report;
}

function summaryOfGoldenPath() {
  const { pages: _pages, steps: _steps, ...summary } = rows.goldenPath;
  return summary;
}

function summaryOfPrompt() {
  const { items: _items, ...summary } = rows.prompt;
  return summary;
}

function summaryOf(run: ReturnType<typeof runOf>) {
  const { plan, planHash, preview, steps, error, output, changes, ...summary } = run;
  void [plan, planHash, preview, steps, error, output, changes];
  return summary;
}

function facets(isEmpty: boolean) {
  const kinds = Map.groupBy(isEmpty ? [] : entities, (entity) => entity.kind);
  return { facets: { kind: [...kinds].map(([value, all]) => ({ value, count: all.length })) } };
}

function query(url: URL, isEmpty: boolean) {
  const {
    filter = "",
    fullTextFilterTerm = "",
    limit = "50",
    cursor = "",
  } = Object.fromEntries(url.searchParams);
  const [offset, savedFilter, savedTerm] =
    cursor === "" ? ["0", filter, fullTextFilterTerm] : cursor.split("|");
  const kinds = [...(savedFilter ?? "").matchAll(/kind=([a-z]+)/gi)].map((match) =>
    match[1]?.toLowerCase(),
  );
  const found = (isEmpty ? [] : entities).filter(
    (entity) =>
      (kinds.length === 0 || kinds.includes(entity.kind.toLowerCase())) &&
      JSON.stringify(entity.metadata)
        .toLowerCase()
        .includes((savedTerm ?? "").toLowerCase()),
  );
  const end = Number(offset) + Number(limit);
  const pageInfo =
    end < found.length ? { nextCursor: [end, savedFilter, savedTerm].join("|") } : {};
  return { items: found.slice(Number(offset), end), totalItems: found.length, pageInfo };
}

async function answerPost(request: Request, url: URL): Promise<Response> {
  if (url.pathname.endsWith("/ask")) return json(rows.answer);
  if (url.pathname === "/api/sign-out") return json({});
  if (url.pathname.endsWith("/plan")) {
    const body = (await request.json()) as { parameters: Record<string, Json>; dryRun: boolean }; // Our own client's.
    const issues = issuesOf(body.parameters);
    if (issues.length > 0)
      return refuse({
        status: 400,
        code: "invalid_parameters",
        detail: "Some fields are not right.",
        issues,
      });
    const name = textOf(body.parameters["name"]);
    return json({
      ...runOf({ id: body.dryRun ? "" : "run_previewed", name, state: "previewed", done: 0 }),
      preview: previewOf(name),
    });
  }
  return json(runOf({ id: "run_live", name: "handbook", state: "running", done: 2 }), 202);
}

const textOf = (value: Json | undefined) => (typeof value === "string" ? value : "");

function issuesOf(parameters: Readonly<Record<string, Json>>): Issue[] {
  const issues: Issue[] = ["name", "owner", "documents", "monthlyBudget"]
    .filter((field) => parameters[field] === undefined)
    .map((path) => ({ path, message: "is missing" }));
  if (/[^a-z0-9-]/.test(textOf(parameters["name"]))) {
    issues.push({
      path: "name",
      message: `"${textOf(parameters["name"])}" does not fit: small letters, digits and '-'`,
    });
  }
  return issues;
}

function answerStream(request: Request, url: URL): Response | undefined {
  const runId = /^\/api\/runs\/([^/]+)\/events$/.exec(url.pathname)?.[1];
  const sketch = sketches.find((each) => each.id === runId);
  if (sketch) {
    return toStream(async function* events() {
      for await (const event of eventsOf(runOf(sketch), request.signal)) {
        yield `event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
      }
    });
  }
  if (!/^\/api\/services\/[^/]+\/logs$/.test(url.pathname)) return undefined;
  return toStream(async function* lines() {
    for (let seq = 0; !request.signal.aborted; seq += 1) {
      const stream = seq % 40 === 0 ? "platform" : seq % 17 === 5 ? "stderr" : "stdout";
      const text = `{"msg":"answered","found":true,"ms":${12 + (seq % 9)},"trace":"4bf92f3577b34da6"}`;
      const line = { seq, at: new Date().toISOString(), stream, text };
      yield `data: ${JSON.stringify(line)}\n\n`;
      if (seq > 300) await new Promise((resolve) => setTimeout(resolve, 900));
    }
  });
}

function toStream(generate: () => AsyncGenerator<string>): Response {
  const texts = generate();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await texts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: async () => void (await texts.return(undefined)),
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
