import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { costHeaders, idempotencyHeaders, type UsageRecord } from "@causeway/contract";
import type { Home } from "#platform/home";
import { silentLog } from "#platform/log";
import { createNotifier, type Notifier } from "#platform/notify";
import { useDatabase } from "#test/database";
import {
  entity,
  localEntities,
  newHome,
  startControlPlane,
  type ControlPlane,
} from "#test/gateway";
import {
  findFreePort,
  startGatewayProcess,
  untilEnded,
  type GatewayProcess,
} from "#test/gateway-process";
import { startScriptedProvider, type ScriptedProvider } from "#test/scripted-provider";

const database = useDatabase();
let notifier: Notifier;
let provider: ScriptedProvider;
let control: ControlPlane;
let gatewayOrigin = "";
const homes: Home[] = [];
const processes: GatewayProcess[] = [];

beforeAll(async () => {
  notifier = createNotifier({ url: database.url, log: silentLog });
  provider = await startScriptedProvider((response) =>
    response.end(
      JSON.stringify({
        object: "list",
        data: [{ object: "embedding", index: 0, embedding: [0.6, 0.8] }],
        usage: { prompt_tokens: 3, total_tokens: 3 },
      }),
    ),
  );
  control = await startControlPlane({
    db: database.db,
    notifier,
    entities: [...localEntities, ...remoteEmbedding("remote", provider.baseUrl)],
    gatewayOrigin: () => gatewayOrigin,
  });
});
// One gateway at a time: whoever waits for settings waits for all that are connected.
afterEach(async () => {
  await Promise.all(processes.splice(0).map((running) => running.kill()));
});
afterAll(async () => {
  await control.close();
  await provider.close();
  await notifier.close();
  for (const home of homes) await rm(home.root, { recursive: true, force: true });
});

/** $2 a million tokens. */
function remoteEmbedding(name: string, baseUrl: string) {
  const credential = { env: "TEST_PROVIDER_KEY" };
  return [
    entity("Provider", name, { driver: "openai", baseUrl, credential }),
    entity("Model", name, {
      provider: `provider:default/${name}`,
      modelId: name,
      purpose: "embedding",
      contextTokens: 8_000,
      maxOutputTokens: 1,
      dimensions: 2,
      price: { inputUsdPerMillion: "2", outputUsdPerMillion: "0", since: "2026-01-01" },
    }),
    entity("Route", name, { purpose: "embedding", targets: [{ model: `model:default/${name}` }] }),
  ];
}

async function startProcess(
  home: Home,
  options: { readonly port: number; readonly crashAt?: string },
): Promise<GatewayProcess> {
  const controlPort = Number(new URL(control.origin).port);
  const running = await startGatewayProcess({ home, controlPort, ...options });
  processes.push(running);
  return running;
}

async function embed(origin: string, secret: string, model: string): Promise<Response> {
  return fetch(`${origin}/v1/embeddings`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${secret}`,
      "content-type": "application/json",
      [idempotencyHeaders.key]: "load:batch-1",
    },
    body: JSON.stringify({ model, input: ["three small words"] }),
  });
}

async function waitForLedger(requestId: string, rows: number): Promise<UsageRecord[]> {
  for (;;) {
    const response = await control.app.inject({ url: "/api/usage/requests?limit=200" });
    const { items } = response.json<{ items: UsageRecord[] }>();
    const found = items.filter((row) => row.requestId === requestId);
    if (found.length >= rows) return found.toSorted((a, b) => a.attempt - b.attempt);
    await sleep(20);
  }
}

// What the first process leaves in the ledger besides the true answer, by where it dies. The local model's work dies with
// the process; a provider outside has done it and may charge for it.
test.each([
  { model: "embedding", at: "reserved", isReplay: null, before: ["failed", 0], asked: 0 },
  { model: "embedding", at: "answered", isReplay: null, before: ["failed", 0], asked: 0 },
  { model: "embedding", at: "kept", isReplay: "true", before: undefined, asked: 0 },
  { model: "embedding", at: "settled", isReplay: "true", before: undefined, asked: 0 },
  { model: "remote", at: "answered", isReplay: null, before: ["failed", "worst"], asked: 2 },
  { model: "remote", at: "kept", isReplay: "true", before: undefined, asked: 1 },
  { model: "remote", at: "settled", isReplay: "true", before: undefined, asked: 1 },
])(
  "killed when a call of $model is $at, its repeat is answered and counted once",
  async ({ model, at, isReplay, before, asked }) => {
    const home = await newHome();
    homes.push(home);
    const askedBefore = provider.calls.length;
    const { secret } = await control.newKey();
    const port = await findFreePort();
    const first = await startProcess(home, { port, crashAt: `gateway:call:${at}` });
    await control.gateway.awaitApplied();
    await expect(embed(first.origin, secret, model)).rejects.toThrow();

    const second = await startProcess(home, { port });
    const response = await embed(second.origin, secret, model);
    expect(response.status).toBe(200);
    expect(response.headers.get(idempotencyHeaders.isReplay)).toBe(isReplay);
    const requestId = response.headers.get("x-request-id") ?? "";
    const cost = Number(response.headers.get(costHeaders.costMicroUsd));
    expect(cost).toBeGreaterThan(0);

    const expected = [...(before ? [before] : []), ["succeeded", cost]];
    const rows = await waitForLedger(requestId, expected.length);
    const worst = rows[0]?.costMicroUsd ?? 0;
    expect(rows.map((row) => [row.outcome, row.costMicroUsd])).toEqual(
      expected.map(([outcome, money]) => [outcome, money === "worst" ? worst : money]),
    );
    expect(worst).toBeGreaterThanOrEqual(before?.[1] === "worst" ? cost : 0);
    expect(provider.calls.length - askedBefore).toBe(asked);

    // And again, for good.
    const third = await embed(second.origin, secret, model);
    expect(third.headers.get(idempotencyHeaders.isReplay)).toBe("true");
    expect(third.headers.get("x-request-id")).toBe(requestId);
    expect(await waitForLedger(requestId, 1)).toHaveLength(expected.length);
  },
);

test("the control plane's own call outlasts a gateway that dies over it and starts again", async () => {
  const home = await newHome();
  homes.push(home);
  const port = await findFreePort();
  const { keyId } = await control.newKey();
  const first = await startProcess(home, { port, crashAt: "gateway:call:settled" });
  gatewayOrigin = first.origin;
  await control.gateway.awaitApplied();
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const call = { keyId, texts: ["three small words"], route: "embedding", traceId };
  const embedding = control.gateway.embed({ ...call, idempotencyKey: "load:batch-1" });
  await untilEnded(first.child);
  await startProcess(home, { port });
  expect((await embedding).inputTokens).toBe(3);
  const rows = await control.app.inject({ url: `/api/usage/requests?traceId=${traceId}` });
  expect(rows.json<{ items: UsageRecord[] }>().items).toHaveLength(1);
});
