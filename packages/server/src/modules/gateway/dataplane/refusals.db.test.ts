import OpenAI, { APIError, RateLimitError } from "openai";
import { expect, test } from "vitest";
import { budget, completion, remoteChat } from "#test/gateway";
import { question, prepareGateway } from "#test/gateway-calls";

const gateway = prepareGateway();
const { provide, declare, clientOf, ledgerOf, newName } = gateway;

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
  const capped = await gateway.get().control.newKey({ budget: `budget:default/b-${name}` });
  const free = await gateway.get().control.newKey();
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
  const report = (
    await gateway.get().control.app.inject({ url: "/api/usage?groupBy=route" })
  ).json() as {
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
  const { secret } = await gateway.get().control.newKey({ budget: `budget:default/b-${name}` });
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
  const { secret } = await gateway.get().control.newKey({ budget: `budget:default/b-${name}` });
  await gateway.get().control.gateway.awaitApplied();
  const client = new OpenAI({
    apiKey: secret,
    baseURL: `${gateway.get().origin}/v1`,
    maxRetries: 5,
  });
  const error = await client.chat.completions
    .create({ model: "chat", messages: question })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RateLimitError);
  expect(error).toMatchObject({ status: 429, code: "budget_exceeded", type: "insufficient_quota" });
  expect((error as APIError).headers?.get("x-should-retry")).toBe("false");
  expect((error as APIError).error).toMatchObject({
    budget: { ref: `budget:default/b-${name}`, capMicroUsd: 10, spentMicroUsd: 0 },
  });
  expect((error as APIError).message).toMatch(/resets at \d{4}-/);
});

test.each([
  ["no key", undefined, "missing_api_key"],
  ["an unknown key", "cwk_nonsense", "invalid_api_key"],
])("refuses %s with 401 in the dialect", async (_name, apiKey, code) => {
  const response = await fetch(`${gateway.get().origin}/v1/models`, {
    headers: apiKey ? { authorization: `Bearer ${apiKey}` } : {},
  });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({
    error: { code, requestId: expect.stringMatching(/^req_/) },
  });
});
