import { expect, test } from "vitest";
import { internalHeaders } from "@causeway/contract";
import { internalToken } from "#test/gateway";
import { prepareGateway } from "#test/gateway-calls";

const gateway = prepareGateway();

async function get(path: string, secret?: string, headers: Record<string, string> = {}) {
  await gateway.get().control.gateway.awaitApplied();
  return fetch(`${gateway.get().origin}${path}`, {
    headers: { ...(secret ? { authorization: `Bearer ${secret}` } : {}), ...headers },
  });
}

async function post(path: string, secret: string, body: string | Uint8Array<ArrayBuffer>) {
  await gateway.get().control.gateway.awaitApplied();
  return fetch(`${gateway.get().origin}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body,
  });
}

test("models are what the key may use, and only that", async () => {
  const all = await gateway.get().control.newKey();
  const one = await gateway.get().control.newKey({ routes: ["route:default/chat"] });
  const ids = async (secret: string) => {
    const { data } = (await (await get("/v1/models", secret)).json()) as { data: { id: string }[] };
    return data.map(({ id }) => id).toSorted();
  };
  expect(await ids(all.secret)).toEqual(["chat", "embedding"]);
  expect(await ids(one.secret)).toEqual(["chat"]);
  expect((await get("/v1/models/embedding", one.secret)).status).toBe(404);
  const used = await post("/v1/embeddings", one.secret, '{"model":"embedding","input":"x"}');
  expect([used.status, (await errorOf(used)).code]).toEqual([403, "model_not_allowed"]);
});

test("a prompt comes from the snapshot and is not sent twice", async () => {
  const { secret } = await gateway.get().control.newKey();
  const first = await get("/v1/prompts/greeting", secret);
  expect(await first.json()).toMatchObject({
    name: "greeting",
    version: 1,
    template: "Greet {{name}}",
  });
  const again = await get("/v1/prompts/greeting", secret, {
    "if-none-match": first.headers.get("etag") ?? "",
  });
  expect(again.status).toBe(304);
  const none = await gateway.get().control.newKey({ prompts: [] });
  expect((await get("/v1/prompts/greeting", none.secret)).status).toBe(404);
});

test("a request is told to its own key only", async () => {
  const mine = await gateway.get().control.newKey();
  const other = await gateway.get().control.newKey();
  const answer = await post("/v1/embeddings", mine.secret, '{"model":"embedding","input":"x"}');
  const id = answer.headers.get("x-request-id") ?? "";
  expect((await get(`/v1/requests/${id}`, mine.secret)).status).toBe(200);
  expect((await get(`/v1/requests/${id}`, other.secret)).status).toBe(404);
});

test("vector stores are the key's own, and the control plane's answer is given on", async () => {
  const none = await gateway.get().control.newKey();
  const refused = await post("/v1/vector_stores/docs/search", none.secret, '{"query":"x"}');
  expect([refused.status, (await errorOf(refused)).code]).toEqual([
    403,
    "vector_store_not_allowed",
  ]);
  const { secret } = await gateway
    .get()
    .control.newKey({ vectorStores: ["vectorstore:default/docs"] });
  const passed = await echoOf(
    await post("/v1/vector_stores/docs/search?x=1", secret, '{"query":"x"}'),
  );
  expect(passed).toMatchObject({
    method: "POST",
    url: "/internal/v1/vector_stores/docs/search?x=1",
    body: { query: "x" },
    headers: {
      [internalHeaders.token]: internalToken,
      [internalHeaders.principal]: "component:default/app",
      [internalHeaders.keyId]: expect.stringMatching(/^key_/),
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-/),
    },
  });
  expect(JSON.stringify(passed)).not.toContain(secret);
});

test("no path climbs out of what is forwarded", async () => {
  const { secret } = await gateway
    .get()
    .control.newKey({ vectorStores: ["vectorstore:default/docs"] });
  const { url } = await echoOf(
    await post("/v1/vector_stores/docs/..%2f..%2fapi%2fkeys", secret, "{}"),
  );
  expect(url).toBe("/internal/v1/vector_stores/docs/api/keys");
});

test("a file goes through as it came", async () => {
  const { secret } = await gateway.get().control.newKey();
  await gateway.get().control.gateway.awaitApplied();
  const form = new FormData();
  form.set("purpose", "assistants");
  form.set("file", new Blob(["# Title\n"]), "a.md");
  const response = await fetch(`${gateway.get().origin}/v1/files`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}` },
    body: form,
  });
  const echo = await echoOf(response);
  expect(echo.url).toBe("/internal/v1/files");
  expect(echo.body).toContain("# Title\n");
  expect(echo.body).toContain('filename="a.md"');
});

type Echo = { readonly url: string; readonly body: unknown };

async function echoOf(response: Response): Promise<Echo> {
  return (await response.json()) as Echo; // what the test's control plane answers
}

type Refused = { readonly error: { readonly code: string; readonly requestId: string } };

async function errorOf(response: Response): Promise<Refused["error"]> {
  return ((await response.json()) as Refused).error; // asserted by the tests
}

test.each([
  ["malformed JSON", "/v1/chat/completions", '{"model":', 400, "invalid_json"],
  ["no JSON object", "/v1/chat/completions", "[]", 400, "invalid_json"],
  ["no model", "/v1/chat/completions", "{}", 400, "invalid_request"],
  [
    "a wrong limit",
    "/v1/chat/completions",
    '{"model":"chat","max_tokens":-1}',
    400,
    "invalid_request",
  ],
  ["an unknown model", "/v1/chat/completions", '{"model":"gpt-9"}', 404, "model_not_found"],
  [
    "a model for something else",
    "/v1/chat/completions",
    '{"model":"embedding"}',
    400,
    "wrong_purpose",
  ],
  ["an unknown address", "/v1/unknown", "{}", 404, "unknown_url"],
])(
  "%s is told in the dialect, with a code and a request id",
  async (...[, path, body, status, code]) => {
    const { secret } = await gateway.get().control.newKey();
    const response = await post(path, secret, body);
    expect(response.status).toBe(status);
    const error = await errorOf(response);
    expect(error).toMatchObject({ code, message: expect.any(String), type: expect.any(String) });
    expect(error.requestId).toBe(response.headers.get("x-request-id"));
  },
);

test("a body that is too large is refused before it is read", async () => {
  const { secret } = await gateway.get().control.newKey();
  const response = await post("/v1/chat/completions", secret, new Uint8Array(33 * 1024 * 1024));
  expect([response.status, (await errorOf(response)).code]).toEqual([413, "body_too_large"]);
});

test("health needs no key and metrics count calls, tokens, cost and refusals", async () => {
  const { secret } = await gateway.get().control.newKey();
  await post("/v1/embeddings", secret, '{"model":"embedding","input":"x"}');
  expect(await (await get("/healthz")).json()).toMatchObject({ status: "ok", ready: true });
  const text = await (await get("/metrics")).text();
  expect(text).toMatch(
    /causeway_gateway_requests_total\{route="embedding",model="model:default\/hash",outcome="succeeded"\} \d/,
  );
  for (const name of [
    "tokens_total",
    "cost_micro_usd_total",
    "refusals_total",
    "duration_seconds_bucket",
  ]) {
    expect(text).toContain(`causeway_gateway_${name}{`);
  }
  expect(text).not.toContain("cwk_");
});

test("a revoked secret ends at the gateway", async () => {
  const { keyId, secret } = await gateway.get().control.newKey();
  expect((await get("/v1/models", secret)).status).toBe(200);
  await gateway.get().control.gateway.issueSecret({
    keyId,
    actor: "user:default/admin",
    replaceEarlier: true,
  });
  expect((await get("/v1/models", secret)).status).toBe(401);
});
