import assert from "node:assert/strict";
import { test } from "node:test";
import { createApp, type App } from "../src/app.ts";
import { addUsage } from "../src/ask.ts";
import { createGateway } from "../src/gateway.ts";
import { fakeGateway, leave, type Answers, type FakeGateway } from "./fake-gateway.ts";

type Started = {
  readonly app: App;
  readonly gateway: FakeGateway;
  readonly lines: Record<string, unknown>[];
  readonly clock: { now: number };
};

async function start(answers: Answers = {}): Promise<Started> {
  const gateway = fakeGateway(answers);
  const lines: Record<string, unknown>[] = [];
  const clock = { now: 1_000 };
  const app = await createApp({
    service: "handbook",
    settings: { prompt: "handbook", vectorStore: "handbook-documents" },
    gateway: createGateway({ url: "http://127.0.0.1:1", key: "secret", fetch: gateway.fetch }),
    now: () => (clock.now += 5),
    wait: async () => {},
    log: (line) => lines.push(line),
  });
  return { app, gateway, lines, clock };
}

function post(body: unknown, headers: Record<string, string> = {}): Request {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Request("http://localhost/ask", { method: "POST", body: text, headers });
}

const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const question = "How many days of leave do I have?";

test("answers with verified sources, usage of both calls, time to first token and the caller's trace", async () => {
  const { app } = await start();
  const response = await app(post({ question }, { traceparent }));
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), {
    answer: `"${leave.text}" [1]`,
    found: true,
    sources: [{ title: leave.title, path: leave.path, quote: leave.text }],
    usage: { inputTokens: 100, outputTokens: 10, costMicroUsd: 21, notional: true },
    ttftMs: 5,
    traceId,
  });
});

test("every call of the gateway carries the key and the trace, and the prompt's model and passages", async () => {
  const { app, gateway } = await start();
  await app(post({ question }, { traceparent }));
  assert.deepEqual(
    gateway.requests.map(({ method, path }) => `${method} ${path}`),
    [
      "GET /v1/prompts/handbook",
      "POST /v1/vector_stores/handbook-documents/search",
      "POST /v1/chat/completions",
      "GET /v1/requests/req_1",
    ],
  );
  for (const { headers } of gateway.requests) {
    assert.equal(headers.get("authorization"), "Bearer secret");
    assert.match(headers.get("traceparent") ?? "", new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  }
  assert.deepEqual(gateway.requests[1]?.body, { query: question, max_num_results: 3 });
  assert.deepEqual(gateway.requests[2]?.body, {
    model: "chat",
    messages: [
      { role: "system", content: "Quote." },
      {
        role: "user",
        content: `Passages:\n\n[1] Leave (handbook/leave.md)\n${leave.text}\n\nQuestion: ${question}`,
      },
    ],
    stream: true,
    stream_options: { include_usage: true },
  });
});

test("the prompt is read once and then only checked for a newer version", async () => {
  const { app, gateway } = await start();
  await app(post({ question }));
  const second = await app(post({ question }));
  assert.equal(second.status, 200);
  const reads = gateway.requests.filter(({ path }) => path.startsWith("/v1/prompts/"));
  assert.equal(reads[1]?.headers.get("if-none-match"), '"v1"');
});

test("found is false when the model finds nothing, and when none of its quotes can be verified", async () => {
  for (const answer of [
    "I found nothing about this in the documents.",
    '"Employees have 40 days of leave." [1]',
  ]) {
    const { app } = await start({ answer });
    const body = (await (await app(post({ question }))).json()) as Record<string, unknown>;
    assert.equal(body["found"], false);
    assert.deepEqual(body["sources"], []);
    assert.equal(body["answer"], "I found nothing about this in the documents.");
  }
});

test("without any passage the model is not asked and only the search is paid", async () => {
  const { app, gateway } = await start({ passages: [] });
  const body = (await (await app(post({ question }))).json()) as Record<string, unknown>;
  assert.equal(body["found"], false);
  assert.deepEqual(body["usage"], { inputTokens: 10, outputTokens: 0, costMicroUsd: 1, notional: true });
  assert.equal(gateway.requests.some(({ path }) => path === "/v1/chat/completions"), false);
});

test("waits until the gateway has settled the call, and says unknown when it never does", async () => {
  const late = await start({ unsettledLooks: 3 });
  const settled = (await (await late.app(post({ question }))).json()) as { usage: { costMicroUsd: number } };
  assert.equal(settled.usage.costMicroUsd, 21);
  const never = await start({ unsettledLooks: 99 });
  const unknown = (await (await never.app(post({ question }))).json()) as { usage: { costMicroUsd: null } };
  assert.equal(unknown.usage.costMicroUsd, null);
});

test("a wrong body is refused with problem JSON that says what to send", async () => {
  const { app, gateway } = await start();
  for (const [body, detail] of [
    ["{", /The body must be JSON such as/],
    ["[]", /question: must be a text/],
    ["{}", /question: must be a text/],
    ['{"question": 7}', /question: must be a text/],
    ['{"question": "  "}', /not empty/],
    [JSON.stringify({ question: "x".repeat(2_001) }), /at most 2000 characters/],
  ] as const) {
    const response = await app(post(body, { traceparent }));
    assert.equal(response.status, 400, body);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    const problem = (await response.json()) as Record<string, unknown>;
    assert.match(String(problem["detail"]), detail);
    assert.equal(problem["traceId"], traceId);
  }
  const large = await app(post("x".repeat(20_000)));
  assert.equal(large.status, 413);
  assert.deepEqual(gateway.requests, []);
});

test("a refusal of the budget is passed on in the gateway's words", async () => {
  const { app } = await start({
    refuse: {
      path: "/v1/chat",
      status: 429,
      body: { error: { message: "Budget budget:default/handbook is used up until 1 April", code: "budget_exceeded" } },
      headers: { "retry-after": "60" },
    },
  });
  const response = await app(post({ question }));
  assert.equal(response.status, 429);
  assert.equal(response.headers.get("retry-after"), "60");
  const problem = (await response.json()) as Record<string, unknown>;
  assert.equal(problem["code"], "budget_exceeded");
  assert.equal(problem["detail"], "Budget budget:default/handbook is used up until 1 April");
});

test("a gateway that is down or refuses otherwise is a 503", async () => {
  const refusing = await start({ refuse: { path: "/v1/prompts", status: 401, body: { error: { message: "Unknown key" } } } });
  const refused = await refusing.app(post({ question }));
  assert.equal(refused.status, 503);
  assert.match(((await refused.json()) as { detail: string }).detail, /Unknown key/);
  const lines: Record<string, unknown>[] = [];
  const app = await createApp({
    service: "handbook",
    settings: { prompt: "p", vectorStore: "v" },
    gateway: createGateway({
      url: "http://127.0.0.1:1",
      key: "k",
      fetch: () => Promise.reject(new TypeError("connection refused")),
    }),
    now: () => 0,
    wait: async () => {},
    log: (line) => lines.push(line),
  });
  const down = await app(post({ question }));
  assert.equal(down.status, 503);
  assert.match(((await down.json()) as { detail: string }).detail, /did not answer/);
  assert.match(String(lines[0]?.["cause"]), /connection refused/);
});

test("the log never holds the question", async () => {
  const { app, lines } = await start();
  await app(post({ question: "Is Ms Example ill?" }, { traceparent }));
  assert.equal(lines[0]?.["traceId"], traceId);
  assert.equal(JSON.stringify(lines).includes("Example"), false);
});

test("health and metrics", async () => {
  const { app } = await start();
  assert.equal((await app(new Request("http://localhost/healthz"))).status, 200);
  await app(post({ question }));
  await app(post({}));
  const text = await (await app(new Request("http://localhost/metrics"))).text();
  assert.match(text, /^ask_total\{outcome="found"\} 1$/m);
  assert.match(text, /^ask_total\{outcome="invalid"\} 1$/m);
  assert.match(text, /^ask_cost_micro_usd_total 21$/m);
  assert.match(text, /^ask_time_to_first_token_ms_bucket\{le="25"\} 1$/m);
  assert.equal((await app(new Request("http://localhost/nothing"))).status, 404);
});

const person = { "x-causeway-principal": "user:default/developer" };

async function openPage(app: App, path = "/"): Promise<{ html: string; ticket: string; status: number }> {
  const response = await app(new Request(`http://localhost${path}`, { headers: person }));
  const html = await response.text();
  return { html, ticket: /name="ticket" value="([^"]+)"/.exec(html)?.[1] ?? "", status: response.status };
}

const asked = (ticket: string, text = question) => `/ask?question=${encodeURIComponent(text)}&ticket=${ticket}`;

test("the page asks through its own form, which works below any path and without scripts", async () => {
  const { app } = await start();
  const { html, ticket } = await openPage(app);
  assert.match(html, /<form action="ask" method="get">/);
  assert.equal(/<script|src=|href=/.test(html), false);
  const answered = await openPage(app, asked(ticket));
  assert.match(answered.html, /<blockquote>Full-time employees have 30 days of leave\.<\/blockquote>/);
  assert.match(answered.html, /\$0\.000021 \(notional\)/);
});

test("a link from elsewhere asks nothing and spends nothing: it lacks the page's ticket", async () => {
  const { app, gateway, clock } = await start();
  const { ticket } = await openPage(app);
  const other = await app(new Request(`http://localhost${asked(ticket)}`, { headers: { "x-causeway-principal": "user:default/other" } }));
  assert.match(await other.text(), /Press Ask/);
  for (const wrong of ["", "x", `${ticket}0`, ticket.replace(/^\d/, "9")]) {
    const { html } = await openPage(app, asked(wrong));
    assert.match(html, /Press Ask to send this question/);
  }
  clock.now += 2 * 60 * 60 * 1_000;
  const { html } = await openPage(app, asked(ticket));
  assert.match(html, /Press Ask/);
  assert.deepEqual(gateway.requests, []);
});

test("what people, documents and the gateway write is text on the page, never markup", async () => {
  const evil = `<img src=x onerror="alert(1)">'`;
  const { app } = await start({ passages: [{ path: evil, title: evil, text: evil }], answer: `"${evil}" [1]` });
  const { ticket } = await openPage(app);
  const { html } = await openPage(app, asked(ticket, evil));
  assert.equal(html.includes("<img"), false);
  assert.match(html, /&lt;img src=x onerror=&quot;alert\(1\)&quot;&gt;&#39;/);
});

test("failures are told on the page", async () => {
  const { app } = await start({
    refuse: { path: "/v1/chat", status: 429, body: { error: { message: "Budget used up", code: "budget_exceeded" } } },
  });
  const { ticket } = await openPage(app);
  const { html, status } = await openPage(app, asked(ticket));
  assert.equal(status, 429);
  assert.match(html, /<p role="alert" class="problem">Budget used up<\/p>/);
});

test("real money is never added to notional", () => {
  const notional = { inputTokens: 10, outputTokens: 0, costMicroUsd: 1, notional: true };
  const real = { inputTokens: 90, outputTokens: 10, costMicroUsd: 560, notional: false };
  const both = { inputTokens: 100, outputTokens: 10, costMicroUsd: 560, notional: false };
  assert.deepEqual(addUsage(notional, real), both);
  assert.deepEqual(addUsage(real, notional), both);
  assert.equal(addUsage(notional, { ...real, costMicroUsd: null }).costMicroUsd, null);
});
