import type OpenAI from "openai";
import { expect, test } from "vitest";
import { chunk, completion, remoteChat, usageChunk } from "#test/gateway";
import { question, prepareGateway } from "#test/gateway-calls";

const gateway = prepareGateway();
const { provide, declare, clientOf, usageOf, ledgerOf, newName } = gateway;

test("answers a chat, tells its cost and writes one ledger row", async () => {
  const { secret } = await gateway.get().control.newKey();
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
  const client = await clientOf((await gateway.get().control.newKey()).secret);
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
  const client = await clientOf((await gateway.get().control.newKey()).secret);
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
  const { keyId } = await gateway.get().control.newKey();
  await gateway.get().control.gateway.awaitApplied();
  const embedded = await gateway.get().control.gateway.embed({
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
  const { secret } = await gateway.get().control.newKey();
  await gateway.get().control.gateway.awaitApplied();
  const body = `{"temperature":1.0,"model":"${name}","x_future":{"model":"kept","n":1e400},"messages":[{"role":"user","content":"hi"}]}`;
  const response = await fetch(`${gateway.get().origin}/v1/chat/completions`, {
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
  const { secret } = await gateway.get().control.newKey();
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

test("a provider that tells no usage is settled by our own count, never as zero", async () => {
  const provider = await provide((response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(completion("one two three"));
  });
  const name = newName();
  await declare(...remoteChat(name, provider.baseUrl));
  const { secret } = await gateway.get().control.newKey();
  const client = await clientOf(secret);
  const { response } = await client.chat.completions
    .create({ model: name, messages: [{ role: "user", content: "hello" }] })
    .withResponse();
  const usage = await usageOf(secret, response.headers.get("x-request-id") ?? "");
  expect(usage).toMatchObject({ estimated: true, outputTokens: 3 });
  expect(usage["inputTokens"]).toBeGreaterThan(3);
});
