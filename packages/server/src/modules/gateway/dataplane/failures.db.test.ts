import type { ServerResponse } from "node:http";
import { APIError } from "openai";
import { expect, test } from "vitest";
import { chunk, remoteChat, usageChunk } from "#test/gateway";
import { question, prepareGateway } from "#test/gateway-calls";

const gateway = prepareGateway({ firstTokenMs: 400, idleMs: 400 });
const { provide, declare, clientOf, usageOf, ledgerOf, newName } = gateway;

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
  const { secret } = await gateway.get().control.newKey();
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
    (response: ServerResponse) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end();
    },
  ],
  [
    "a hung up connection",
    (response: ServerResponse) => {
      response.destroy();
    },
  ],
  [
    "an error as its first frame",
    (response: ServerResponse) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end('data: {"error":{"message":"overloaded"}}\n\n');
    },
  ],
])("falls back on %s before the first byte of a stream", async (_name, script) => {
  const first = await provide(script);
  const name = newName();
  await declare(...remoteChat(name, first.baseUrl, { alsoTry: "extract" }));
  const client = await clientOf((await gateway.get().control.newKey()).secret);
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
    const client = await clientOf((await gateway.get().control.newKey()).secret);
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
  const client = await clientOf((await gateway.get().control.newKey()).secret);
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
    const { secret } = await gateway.get().control.newKey();
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
  const { secret } = await gateway.get().control.newKey();
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

test("malformed frames neither reach the caller nor end the stream", async () => {
  const provider = await provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(
      `${chunk("a")}data: {nonsense\n\n${chunk("b")}${usageChunk(1, 2)}data: [DONE]\n\n`,
    );
  });
  const name = newName();
  await declare(...remoteChat(name, provider.baseUrl));
  const client = await clientOf((await gateway.get().control.newKey()).secret);
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
  const client = await clientOf((await gateway.get().control.newKey()).secret);
  const failing = client.chat.completions.create({ model: name, messages: question });
  await expect(failing).rejects.toMatchObject({ status: 502, code: "upstream_redirected" });
  expect(elsewhere.calls).toHaveLength(0);
});
