import OpenAI, { RateLimitError } from "openai";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { budget, chunk, remoteChat, startDataplane, usageChunk } from "#test/gateway";
import { prepareGateway } from "#test/gateway-calls";

const gateway = prepareGateway();
const { provide, declare, newName } = gateway;

const messages = [{ role: "user" as const, content: "Tell me something." }];
const maxTokens = 60;

/** Answers that cost different amounts, none its worst case, over a few turns of the event loop. */
async function provideTalker() {
  return provide((response, _call, index) => {
    const tokens = 20 + ((index * 7) % 35);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chunk("one "));
    setTimeout(
      () => {
        response.end(`${chunk("two")}${usageChunk(12, tokens)}data: [DONE]\n\n`);
      },
      5 + (index % 10),
    );
  });
}

type Refusal = { readonly budget: { readonly [name: string]: unknown; readonly resetsAt: string } };

/** Streams until a refusal comes while nothing is under way at the gateway. Answers the refusals and the settled costs. */
async function spendAll(
  origin: string,
  options: { secret: string; model: string; callers: number },
) {
  const { secret, model, callers } = options;
  const client = new OpenAI({ apiKey: secret, baseURL: `${origin}/v1` });
  const refusals: Refusal[] = [];
  const requestIds: string[] = [];
  let isOver = false;
  const call = async (): Promise<void> => {
    const { data: stream, response } = await client.chat.completions
      .create({ model, messages, stream: true, max_tokens: maxTokens })
      .withResponse();
    requestIds.push(response.headers.get("x-request-id") ?? "");
    for await (const part of stream) expect(part.object).toBe("chat.completion.chunk");
  };
  const keepCalling = async (): Promise<void> => {
    while (!isOver) {
      try {
        await call();
      } catch (error) {
        if (!(error instanceof RateLimitError)) throw error;
        const refusal = error.error as Refusal; // its members are asserted below
        refusals.push(refusal);
        if (refusal.budget["reservedMicroUsd"] === 0) isOver = true;
        await sleep(2);
      }
    }
  };
  await Promise.all(Array.from({ length: callers }, keepCalling));
  return { refusals, requestIds };
}

async function ledgerOf(principalBudget: string, count: number) {
  for (;;) {
    const { items } = (
      await gateway.get().control.app.inject({ url: "/api/usage/requests?limit=200" })
    ).json<{ items: { budgetId: string; costMicroUsd: number; requestId: string }[] }>();
    const rows = items.filter((row) => row.budgetId === principalBudget);
    if (rows.length >= count) return rows;
    await sleep(20);
  }
}

async function budgetView(ref: string) {
  const { items } = (await gateway.get().control.app.inject({ url: "/api/budgets" })).json<{
    items: { ref: string; spentMicroUsd: number; capMicroUsd: number }[];
  }>();
  return items.find((item) => item.ref === ref);
}

/** Byte bound of the body times the input price, and all output tokens: what the gateway reserves. */
function worstCase(model: string): number {
  const body = JSON.stringify({ model, messages, stream: true, max_tokens: maxTokens });
  return Math.ceil(body.length * 2 + maxTokens * 4);
}

test("64 callers spend a budget for a third of them to within one call, and never over it", async () => {
  const talker = await provideTalker();
  const name = newName();
  const ref = `budget:default/b-${name}`;
  const cap = 21 * worstCase(name);
  await declare(
    ...remoteChat(name, talker.baseUrl),
    budget(`b-${name}`, (cap / 1_000_000).toFixed(6)),
  );
  const { secret } = await gateway.get().control.newKey({ budget: ref });
  await gateway.get().control.gateway.awaitApplied();
  const { refusals, requestIds } = await spendAll(gateway.get().origin, {
    secret,
    model: name,
    callers: 64,
  });
  const rows = await ledgerOf(ref, requestIds.length);
  const spent = rows.reduce((sum, row) => sum + row.costMicroUsd, 0);
  expect(spent).toBeLessThanOrEqual(cap);
  expect(spent).toBeGreaterThanOrEqual(cap - worstCase(name));
  expect(rows.map((row) => row.requestId).toSorted()).toEqual(requestIds.toSorted());
  expect(await budgetView(ref)).toMatchObject({ spentMicroUsd: spent, capMicroUsd: cap });
  expect(refusals.length).toBeGreaterThan(0);
  for (const refusal of refusals) {
    expect(refusal.budget).toMatchObject({ ref, window: "day", capMicroUsd: cap });
    expect(Date.parse(refusal.budget.resetsAt)).toBeGreaterThan(Date.now());
  }
});

test("two gateways share a cap", async () => {
  const talker = await provideTalker();
  const name = newName();
  const ref = `budget:default/b-${name}`;
  const cap = 30 * worstCase(name);
  await declare(
    ...remoteChat(name, talker.baseUrl),
    budget(`b-${name}`, (cap / 1_000_000).toFixed(6)),
  );
  const { control, origin } = gateway.get();
  const { secret } = await control.newKey({ budget: ref });
  const second = await startDataplane({ controlOrigin: control.origin });
  try {
    await control.gateway.awaitApplied();
    const both = await Promise.all([
      spendAll(origin, { secret, model: name, callers: 32 }),
      spendAll(second.origin, { secret, model: name, callers: 32 }),
    ]);
    const rows = await ledgerOf(
      ref,
      both.reduce((sum, { requestIds }) => sum + requestIds.length, 0),
    );
    const spent = rows.reduce((sum, row) => sum + row.costMicroUsd, 0);
    expect(spent).toBeLessThanOrEqual(cap);
    expect(spent).toBeGreaterThanOrEqual(cap - 2 * worstCase(name));
  } finally {
    await second.close();
  }
});

test("a raised cap lets a refused key go on", async () => {
  const name = newName();
  const ref = `budget:default/b-${name}`;
  await declare(budget(`b-${name}`, "0.000001"));
  const { control, origin } = gateway.get();
  const { secret } = await control.newKey({ budget: ref });
  await control.gateway.awaitApplied();
  const client = new OpenAI({ apiKey: secret, baseURL: `${origin}/v1` });
  const call = () => client.chat.completions.create({ model: "chat", messages });
  await expect(call()).rejects.toBeInstanceOf(RateLimitError);
  const index = control.entities.findIndex((entity) => entity.metadata.name === `b-${name}`);
  control.entities.splice(index, 1, budget(`b-${name}`, "1.00"));
  control.changed();
  await control.gateway.awaitApplied();
  expect((await call()).choices).toHaveLength(1);
});
