import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { entity } from "#test/gateway";
import { prepareGateway } from "#test/gateway-calls";

const gateway = prepareGateway();
const { get, provide, declare, ledgerOf, newName } = gateway;

type Call = {
  readonly secret: string;
  readonly key: string;
  readonly input: readonly string[];
  readonly model?: string;
};

async function embed({ secret, key, input, model = "embedding" }: Call): Promise<Response> {
  return fetch(`${get().origin}/v1/embeddings`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${secret}`,
      "content-type": "application/json",
      "idempotency-key": key,
    },
    body: JSON.stringify({ model, input }),
  });
}

async function newSecret(): Promise<string> {
  const { secret } = await get().control.newKey();
  await get().control.gateway.awaitApplied();
  return secret;
}

/** A route of its own over one embedding model at a provider. */
async function declareEmbedding(name: string, baseUrl: string): Promise<void> {
  const price = { inputUsdPerMillion: "2", outputUsdPerMillion: "0", since: "2026-01-01" };
  await declare(
    entity("Provider", name, {
      driver: "openai",
      baseUrl,
      credential: { env: "TEST_PROVIDER_KEY" },
    }),
    entity("Model", name, {
      provider: `provider:default/${name}`,
      modelId: name,
      purpose: "embedding",
      contextTokens: 8_000,
      maxOutputTokens: 1,
      dimensions: 2,
      price,
    }),
    entity("Route", name, {
      purpose: "embedding",
      targets: [{ model: `model:default/${name}` }],
    }),
  );
}

const answer = JSON.stringify({
  object: "list",
  model: "m",
  data: [{ object: "embedding", index: 0, embedding: [0.6, 0.8] }],
  usage: { prompt_tokens: 500, total_tokens: 500 },
});

const idOf = (response: Response) => response.headers.get("x-request-id") ?? "";
const isReplay = (response: Response) => response.headers.get("x-causeway-idempotent-replay");

test("a repeat gets the same answer, id and cost, and neither provider nor ledger hears of it", async () => {
  const provider = await provide((response) => response.end(answer));
  const model = newName();
  await declareEmbedding(model, provider.baseUrl);
  const secret = await newSecret();
  const call = { secret, key: "load:1", input: ["one"], model };
  const first = await embed(call);
  const second = await embed(call);
  expect([first.status, isReplay(first)]).toEqual([200, null]);
  expect([second.status, isReplay(second)]).toEqual([200, "true"]);
  expect(idOf(second)).toBe(idOf(first));
  expect(second.headers.get("x-causeway-cost-micro-usd")).toBe("1000");
  expect(await second.text()).toBe(await first.text());
  expect(provider.calls).toHaveLength(1);
  expect(await ledgerOf(idOf(first))).toMatchObject([{ outcome: "succeeded", costMicroUsd: 1000 }]);
});

test("repeats that come while the first one runs wait for its answer", async () => {
  const provider = await provide((response) => setTimeout(() => response.end(answer), 50));
  const model = newName();
  await declareEmbedding(model, provider.baseUrl);
  const call = { secret: await newSecret(), key: "load:1", input: ["one"], model };
  const responses = await Promise.all([embed(call), embed(call), embed(call)]);
  expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(new Set(responses.map(idOf)).size).toBe(1);
  expect(responses.filter((response) => isReplay(response) === "true")).toHaveLength(2);
  expect(provider.calls).toHaveLength(1);
});

test("the same key for another body is refused; for another virtual key it is another key", async () => {
  const call = { secret: await newSecret(), key: "load:1", input: ["one"] };
  await embed(call);
  const reused = await embed({ ...call, input: ["two"] });
  expect(reused.status).toBe(409);
  expect(await reused.json()).toMatchObject({ error: { code: "idempotency_key_reused" } });
  const other = await embed({ ...call, secret: await newSecret(), input: ["two"] });
  expect([other.status, isReplay(other)]).toEqual([200, null]);
});

test("a call that failed is made again as further attempts of the same request", async () => {
  const provider = await provide((response, _call, index) => {
    if (index === 0) response.writeHead(500);
    response.end(index === 0 ? "{}" : answer);
  });
  const model = newName();
  await declareEmbedding(model, provider.baseUrl);
  const call = { secret: await newSecret(), key: "load:1", input: ["one"], model };
  const failed = await embed(call);
  const repeated = await embed(call);
  expect([failed.status, repeated.status, isReplay(repeated)]).toEqual([500, 200, null]);
  expect(idOf(repeated)).toBe(idOf(failed));
  let rows = await ledgerOf(idOf(failed));
  for (; rows.length < 2; rows = await ledgerOf(idOf(failed))) await sleep(20);
  const facts = rows.map((row) => [row["attempt"], row.outcome, row["costMicroUsd"]].join(" "));
  expect(new Set(facts)).toEqual(new Set(["1 failed 0", "2 succeeded 1000"]));
});

test.each(["", "with space", "x".repeat(256)])(
  "the key %j is refused before anything is done",
  async (key) => {
    const response = await embed({ secret: await newSecret(), key, input: ["one"] });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "invalid_idempotency_key" } });
  },
);

test("what is kept is private and holds neither the text nor the key", async () => {
  const key = "load:very-own-key";
  await embed({ secret: await newSecret(), key, input: ["a rather confidential passage"] });
  const directory = join(get().plane.home.gateway.root, "answers");
  const names = await readdir(directory);
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const path = join(directory, name);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const text = await readFile(path, "utf8");
    expect(text).not.toContain("confidential");
    expect(text).not.toContain(key);
  }
});
