import OpenAI, { APIError, RateLimitError } from "openai";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Entity } from "@causeway/contract";
import { silentLog } from "#platform/log";
import { createNotifier, type Notifier } from "#platform/notify";
import { useDatabase } from "#test/database";
import {
  budget,
  chunk,
  completion,
  localEntities,
  remoteChat,
  startControlPlane,
  startDataplane,
  startScriptedProvider,
  usageChunk,
  type ControlPlane,
  type ScriptedProvider,
  type TestDataplane,
} from "#test/gateway";

const database = useDatabase();
let notifier: Notifier;
let control: ControlPlane;
let plane: TestDataplane;
const providers: ScriptedProvider[] = [];

beforeAll(async () => {
  notifier = createNotifier({ url: database.url, log: silentLog });
  control = await startControlPlane({
    db: database.db,
    notifier,
    entities: localEntities,
    gatewayOrigin: () => plane.origin,
  });
  plane = await startDataplane({
    controlOrigin: control.origin,
    firstTokenMs: 400,
    idleMs: 400,
    deadlineMs: 5_000,
  });
});

afterAll(async () => {
  await plane.close();
  await control.close();
  await notifier.close();
});

afterEach(async () => {
  await Promise.all(providers.splice(0).map((provider) => provider.close()));
});

async function provide(script: Parameters<typeof startScriptedProvider>[0]) {
  const provider = await startScriptedProvider(script);
  providers.push(provider);
  return provider;
}

async function declare(...entities: Entity[]): Promise<void> {
  control.entities.push(...entities);
  control.changed();
  await control.gateway.awaitApplied();
}

async function clientOf(secret: string): Promise<OpenAI> {
  await control.gateway.awaitApplied();
  return new OpenAI({ apiKey: secret, baseURL: `${plane.origin}/v1`, maxRetries: 0 });
}

let names = 0;
const newName = (): string => `m${++names}`;

/** The settled usage, once the gateway has settled it. */
async function usageOf(secret: string, requestId: string) {
  for (;;) {
    const response = await fetch(`${plane.origin}/v1/requests/${requestId}`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    const usage = (await response.json()) as { state: string } & Record<string, unknown>;
    if (usage.state === "settled") return usage;
    await sleep(5);
  }
}

/** The ledger's rows of a request, once delivered. */
async function ledgerOf(requestId: string) {
  for (;;) {
    const { items } = (
      await control.app.inject({ url: "/api/usage/requests?limit=200" })
    ).json() as { items: { requestId: string; outcome: string; [name: string]: unknown }[] };
    const rows = items.filter((row) => row.requestId === requestId);
    if (rows.length > 0) return rows;
    await sleep(20);
  }
}

const question = [
  { role: "system" as const, content: "Max sentences: 1. Cite as [n]." },
  {
    role: "user" as const,
    content:
      "Passages:\n\n[1] Travel (travel.md)\nTrains are booked in second class. A taxi needs a reason.\n\n[2] Leave (leave.md)\nEverybody has 30 days of leave.\n\nQuestion: How many days of leave do I have?",
  },
];

test("answers a chat, tells its cost and writes one ledger row", async () => {
  const { secret } = await control.newKey();
  const client = await clientOf(secret);
  const { data, response } = await client.chat.completions
    .create({ model: "chat", messages: question })
    .withResponse();
  expect(data.choices[0]?.message.content).toBe("“Everybody has 30 days of leave.” [2]");
  expect(response.headers.get("x-causeway-cost-notional")).toBe("true");
  const requestId = response.headers.get("x-request-id") ?? "";
  const usage = await usageOf(secret, requestId);
  expect(usage).toMatchObject({
    inputTokens: data.usage?.prompt_tokens,
    outputTokens: data.usage?.completion_tokens,
    notional: true,
    estimated: false,
  });
  const rows = await ledgerOf(requestId);
  expect(rows).toMatchObject([{ outcome: "succeeded", costMicroUsd: usage["costMicroUsd"] }]);
});

test("streams a chat token by token, with usage only for who asks", async () => {
  const client = await clientOf((await control.newKey()).secret);
  const read = async (options: { include_usage?: boolean }) => {
    const stream = await client.chat.completions.create({
      model: "chat",
      messages: question,
      stream: true,
      stream_options: options,
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const part of stream) chunks.push(part);
    return chunks;
  };
  const plain = await read({});
  expect(plain.map((part) => part.choices[0]?.delta.content ?? "").join("")).toBe(
    "“Everybody has 30 days of leave.” [2]",
  );
  expect(plain.length).toBeGreaterThan(8);
  expect(plain.every((part) => part.choices.length > 0)).toBe(true);
  const counted = await read({ include_usage: true });
  expect(counted.at(-1)?.choices).toEqual([]);
  expect(counted.at(-1)?.usage?.completion_tokens).toBeGreaterThan(5);
});

test("embeds texts into 256 dimensions, as the client's base64 and as floats", async () => {
  const client = await clientOf((await control.newKey()).secret);
  const packed = await client.embeddings.create({ model: "embedding", input: ["a release", "b"] });
  const plain = await client.embeddings.create({
    model: "embedding",
    input: ["a release", "b"],
    encoding_format: "float",
  });
  expect(packed.data[0]?.embedding).toHaveLength(256);
  expect(packed.data[0]?.embedding).toEqual(plain.data[0]?.embedding);
  expect(packed.usage.prompt_tokens).toBe(3);
});

test("embeds for the control plane under somebody's key", async () => {
  const { keyId } = await control.newKey();
  await control.gateway.awaitApplied();
  const embedded = await control.gateway.embed({
    texts: ["one", "two"],
    keyId,
    route: "embedding",
    traceId: "0af7651916cd43dd8448eb211c80319c",
  });
  expect(embedded.vectors.map((vector) => vector.length)).toEqual([256, 256]);
  expect(embedded).toMatchObject({ inputTokens: 2, notional: true, costMicroUsd: 1 });
});

test("passes unknown fields on byte for byte and gives the provider only what is its business", async () => {
  const provider = await provide((response) => {
    response.writeHead(200, {
      "content-type": "application/json",
      "set-cookie": "a=b",
      "x-request-id": "up-1",
      "x-ratelimit-remaining-tokens": "7",
    });
    response.end(completion("hi", { prompt: 3, completion: 1 }));
  });
  const name = newName();
  await declare(...remoteChat(name, provider.baseUrl));
  const { secret } = await control.newKey();
  await control.gateway.awaitApplied();
  const body = `{"temperature":1.0,"model":"${name}","x_future":{"model":"kept","n":1e400},"messages":[{"role":"user","content":"hi"}]}`;
  const response = await fetch(`${plane.origin}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-api-key": secret,
      cookie: "session=1",
      "openai-beta": "x=1",
      "x-internal-thing": "1",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    },
    body,
  });
  expect(response.status).toBe(200);
  expect(response.headers.get("set-cookie")).toBeNull();
  expect(response.headers.get("x-upstream-request-id")).toBe("up-1");
  expect(response.headers.get("x-ratelimit-remaining-tokens")).toBe("7");
  expect(response.headers.get("x-causeway-trace-id")).toBe("0af7651916cd43dd8448eb211c80319c");
  const [call] = provider.calls;
  expect(call?.text).toBe(body.replace(`"${name}"`, `"${name}-upstream"`));
  expect(call?.request.headers).toMatchObject({
    authorization: "Bearer provider-secret-1",
    "openai-beta": "x=1",
  });
  expect(call?.request.headers["traceparent"]).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/);
  for (const header of ["cookie", "x-api-key", "x-internal-thing"]) {
    expect(call?.request.headers[header]).toBeUndefined();
  }
});

test("asks a provider for usage, keeps other stream options, hides what the caller did not ask for", async () => {
  const provider = await provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(chunk("he") + chunk("y") + usageChunk(10, 2) + "data: [DONE]\n\n");
  });
  const name = newName();
  await declare(...remoteChat(name, provider.baseUrl));
  const { secret } = await control.newKey();
  const client = await clientOf(secret);
  const { data: stream, response } = await client.chat.completions
    .create({
      model: name,
      messages: [{ role: "user", content: "hi" }],
      stream: true,
      stream_options: { include_obfuscation: false },
    })
    .withResponse();
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const part of stream) chunks.push(part);
  expect(chunks).toHaveLength(2);
  expect(provider.calls[0]?.body["stream_options"]).toEqual({
    include_obfuscation: false,
    include_usage: true,
  });
  const usage = await usageOf(secret, response.headers.get("x-request-id") ?? "");
  expect(usage).toMatchObject({
    inputTokens: 10,
    outputTokens: 2,
    costMicroUsd: 28,
    estimated: false,
  });
});

test.each([
  ["429", 429],
  ["500", 500],
  ["408", 408],
])("tries the next target when the first answers %s", async (_name, status) => {
  const first = await provide((response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: "busy", type: "x", code: "busy" } }));
  });
  const name = newName();
  await declare(...remoteChat(name, first.baseUrl, { alsoTry: "extract" }));
  const { secret } = await control.newKey();
  const client = await clientOf(secret);
  const { data, response } = await client.chat.completions
    .create({ model: name, messages: question })
    .withResponse();
  expect(data.choices[0]?.message.content).toContain("30 days");
  const rows = await ledgerOf(response.headers.get("x-request-id") ?? "");
  expect(rows.map((row) => [row["attempt"], row.outcome, row["costMicroUsd"] === 0])).toEqual(
    expect.arrayContaining([
      [1, "failed", true],
      [2, "succeeded", false],
    ]),
  );
});

test.each([
  ["silence", () => {}],
  [
    "an empty stream",
    (response: import("node:http").ServerResponse) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end();
    },
  ],
  [
    "a hung up connection",
    (response: import("node:http").ServerResponse) => {
      response.destroy();
    },
  ],
  [
    "an error as its first frame",
    (response: import("node:http").ServerResponse) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end('data: {"error":{"message":"overloaded"}}\n\n');
    },
  ],
])("falls back on %s before the first byte of a stream", async (_name, script) => {
  const first = await provide(script);
  const name = newName();
  await declare(...remoteChat(name, first.baseUrl, { alsoTry: "extract" }));
  const client = await clientOf((await control.newKey()).secret);
  const stream = await client.chat.completions.create({
    model: name,
    messages: question,
    stream: true,
  });
  let text = "";
  for await (const part of stream) text += part.choices[0]?.delta.content ?? "";
  expect(text).toContain("30 days");
});

test.each([400, 404, 422])(
  "gives a refusal %s to the caller instead of trying elsewhere",
  async (status) => {
    const first = await provide((response) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ error: { message: "wrong", type: "t", param: "p", code: "c" } }),
      );
    });
    const name = newName();
    await declare(...remoteChat(name, first.baseUrl, { alsoTry: "extract" }));
    const client = await clientOf((await control.newKey()).secret);
    const failing = client.chat.completions.create({ model: name, messages: question });
    await expect(failing).rejects.toMatchObject({ status, code: "c", param: "p", type: "t" });
  },
);

test("says which targets failed when all did, and hides the provider's view of our credential", async () => {
  const refusing = await provide((response) => {
    response.writeHead(401, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: "Incorrect API key: provider-secret-1" } }));
  });
  const name = newName();
  await declare(...remoteChat(name, refusing.baseUrl));
  const client = await clientOf((await control.newKey()).secret);
  const error = await client.chat.completions
    .create({ model: name, messages: question })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(APIError);
  expect(error).toMatchObject({ status: 502, code: "provider_credential_refused" });
  expect(JSON.stringify(error)).not.toContain("provider-secret-1");
});

test.each([
  ["is cut", "end"],
  ["falls silent", "silence"],
  ["sends an error", "error"],
])(
  "a stream that %s half-way ends with an error in the stream and without [DONE]",
  async (_name, how) => {
    const provider = await provide((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(chunk("half "));
      if (how === "end") response.end();
      if (how === "error") response.end('data: {"error":{"message":"boom"}}\n\n');
    });
    const name = newName();
    await declare(...remoteChat(name, provider.baseUrl, { alsoTry: "extract" }));
    const { secret } = await control.newKey();
    const client = await clientOf(secret);
    const { data: stream, response } = await client.chat.completions
      .create({ model: name, messages: [{ role: "user", content: "hello" }], stream: true })
      .withResponse();
    let text = "";
    const reading = (async () => {
      for await (const part of stream) text += part.choices[0]?.delta.content ?? "";
    })();
    await expect(reading).rejects.toBeInstanceOf(APIError);
    expect(text).toBe("half ");
    const usage = await usageOf(secret, response.headers.get("x-request-id") ?? "");
    expect(usage).toMatchObject({ estimated: true, outputTokens: 2 });
  },
);

test("a caller who leaves stops the provider's stream, and an estimate is settled", async () => {
  const left = Promise.withResolvers<void>();
  const provider = await provide((response) => {
    response.on("close", () => left.resolve());
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chunk("one two three"));
  });
  const name = newName();
  await declare(...remoteChat(name, provider.baseUrl));
  const { secret } = await control.newKey();
  const client = await clientOf(secret);
  const { data: stream, response } = await client.chat.completions
    .create({ model: name, messages: [{ role: "user", content: "hello" }], stream: true })
    .withResponse();
  for await (const part of stream) if (part.choices.length > 0) break;
  await left.promise;
  const id = response.headers.get("x-request-id") ?? "";
  expect(await usageOf(secret, id)).toMatchObject({ estimated: true, outputTokens: 3 });
  expect(await ledgerOf(id)).toMatchObject([{ outcome: "cancelled" }]);
});

test("a provider that tells no usage is settled by our own count, never as zero", async () => {
  const provider = await provide((response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(completion("one two three"));
  });
  const name = newName();
  await declare(...remoteChat(name, provider.baseUrl));
  const { secret } = await control.newKey();
  const client = await clientOf(secret);
  const { response } = await client.chat.completions
    .create({ model: name, messages: [{ role: "user", content: "hello" }] })
    .withResponse();
  const usage = await usageOf(secret, response.headers.get("x-request-id") ?? "");
  expect(usage).toMatchObject({ estimated: true, outputTokens: 3 });
  expect(usage["inputTokens"]).toBeGreaterThan(3);
});

test("malformed frames neither reach the caller nor end the stream", async () => {
  const provider = await provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(
      `${chunk("a")}data: {nonsense\n\n${chunk("b")}${usageChunk(1, 2)}data: [DONE]\n\n`,
    );
  });
  const name = newName();
  await declare(...remoteChat(name, provider.baseUrl));
  const client = await clientOf((await control.newKey()).secret);
  const stream = await client.chat.completions.create({
    model: name,
    messages: [{ role: "user", content: "x" }],
    stream: true,
  });
  let text = "";
  for await (const part of stream) text += part.choices[0]?.delta.content ?? "";
  expect(text).toBe("ab");
});

test("a provider's redirect is not followed", async () => {
  const elsewhere = await provide((response) => response.end("{}"));
  const provider = await provide((response) => {
    response.writeHead(302, { location: `${elsewhere.baseUrl}/chat/completions` });
    response.end();
  });
  const name = newName();
  await declare(...remoteChat(name, provider.baseUrl));
  const client = await clientOf((await control.newKey()).secret);
  const failing = client.chat.completions.create({ model: name, messages: question });
  await expect(failing).rejects.toMatchObject({ status: 502, code: "upstream_redirected" });
  expect(elsewhere.calls).toHaveLength(0);
});

test("a price that nobody knows is refused to a key with a budget and counted apart otherwise", async () => {
  const provider = await provide((response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(completion("x", { prompt: 1, completion: 1 }));
  });
  const name = newName();
  await declare(
    ...remoteChat(name, provider.baseUrl, { price: false }),
    budget(`b-${name}`, "1.00"),
  );
  const capped = await control.newKey({ budget: `budget:default/b-${name}` });
  const free = await control.newKey();
  const messages = [{ role: "user" as const, content: "x" }];
  const refused = (await clientOf(capped.secret)).chat.completions.create({
    model: name,
    messages,
  });
  await expect(refused).rejects.toMatchObject({ status: 403, code: "price_unknown" });
  const { response } = await (
    await clientOf(free.secret)
  ).chat.completions
    .create({ model: name, messages })
    .withResponse();
  expect(response.headers.get("x-causeway-cost-micro-usd")).toBeNull();
  await ledgerOf(response.headers.get("x-request-id") ?? "");
  const report = (await control.app.inject({ url: "/api/usage?groupBy=route" })).json() as {
    rows: { key: string; unpriced: number; costMicroUsd: number }[];
  };
  expect(report.rows.find((row) => row.key === name)).toMatchObject({
    unpriced: 1,
    costMicroUsd: 0,
  });
});

test("sets the output limit that the budget counts on, where the caller sets none or more", async () => {
  const provider = await provide((response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(completion("x", { prompt: 1, completion: 1 }));
  });
  const name = newName();
  await declare(...remoteChat(name, provider.baseUrl), budget(`b-${name}`, "1.00"));
  const { secret } = await control.newKey({ budget: `budget:default/b-${name}` });
  const client = await clientOf(secret);
  const messages = [{ role: "user" as const, content: "x" }];
  await client.chat.completions.create({ model: name, messages });
  await client.chat.completions.create({ model: name, messages, max_tokens: 5_000 });
  await client.chat.completions.create({ model: name, messages, max_tokens: 7 });
  expect(
    provider.calls.map((call) => [call.body["max_completion_tokens"], call.body["max_tokens"]]),
  ).toEqual([
    [100, undefined],
    [undefined, 100],
    [undefined, 7],
  ]);
});

test("a call that the budget cannot pay is refused once, with budget, cap and reset", async () => {
  const name = newName();
  await declare(budget(`b-${name}`, "0.000010"));
  const { secret } = await control.newKey({ budget: `budget:default/b-${name}` });
  await control.gateway.awaitApplied();
  const client = new OpenAI({ apiKey: secret, baseURL: `${plane.origin}/v1`, maxRetries: 5 });
  const error = await client.chat.completions
    .create({ model: "chat", messages: question })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RateLimitError);
  expect(error).toMatchObject({ status: 429, code: "budget_exceeded", type: "insufficient_quota" });
  expect((error as APIError).headers?.get("x-should-retry")).toBe("false");
  expect((error as APIError).error).toMatchObject({
    budget: { ref: `budget:default/b-${name}`, capMicroUsd: 10, spentMicroUsd: 0 },
  });
  expect(String((error as APIError).message)).toMatch(/resets at \d{4}-/);
});

test.each([
  ["no key", undefined, "missing_api_key"],
  ["an unknown key", "cwk_nonsense", "invalid_api_key"],
])("refuses %s with 401 in the dialect", async (_name, apiKey, code) => {
  const response = await fetch(`${plane.origin}/v1/models`, {
    headers: apiKey ? { authorization: `Bearer ${apiKey}` } : {},
  });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({
    error: { code, requestId: expect.stringMatching(/^req_/) },
  });
});
