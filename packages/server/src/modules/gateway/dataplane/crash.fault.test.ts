import { once } from "node:events";
import { readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { UsageRecord } from "@causeway/contract";
import type { Home } from "#platform/home";
import { silentLog } from "#platform/log";
import { createNotifier, type Notifier } from "#platform/notify";
import { useDatabase } from "#test/database";
import {
  budget,
  chunk,
  newHome,
  remoteChat,
  startControlPlane,
  usageChunk,
  type ControlPlane,
} from "#test/gateway";
import { startScriptedProvider, type ScriptedProvider } from "#test/scripted-provider";
import { startGatewayProcess, type GatewayProcess } from "#test/gateway-process";

const database = useDatabase();
const started: {
  notifier?: Notifier;
  control?: ControlPlane;
  provider?: ScriptedProvider;
  proxy?: Awaited<ReturnType<typeof startLossyProxy>>;
} = {};
const homes: Home[] = [];
const messages = [{ role: "user" as const, content: "Tell me something." }];

beforeAll(async () => {
  started.notifier = createNotifier({ url: database.url, log: silentLog });
  // Twenty chunks, one each 10 ms; then usage.
  started.provider = await startScriptedProvider((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    let sent = 0;
    const timer = setInterval(() => {
      response.write(chunk(`word${sent} `));
      sent += 1;
      if (sent < 20) return;
      clearInterval(timer);
      response.end(`${usageChunk(10, 20)}data: [DONE]\n\n`);
    }, 10);
    response.on("close", () => clearInterval(timer));
  });
  started.control = await startControlPlane({
    db: database.db,
    notifier: started.notifier,
    entities: [
      ...remoteChat("talker", started.provider.baseUrl, { maxOutputTokens: 50 }),
      budget("b", "0.005000"),
    ],
  });
  started.proxy = await startLossyProxy(started.control.origin);
});

afterAll(async () => {
  await started.proxy?.close();
  await started.control?.close();
  await started.provider?.close();
  await started.notifier?.close();
  for (const home of homes) await rm(home.root, { recursive: true, force: true });
});

/** Stands between gateway and control plane; while `dropAnswers`, usage arrives but its acknowledgement never does. */
async function startLossyProxy(origin: string) {
  const state = { dropAnswers: false, delivered: 0, dropped: 0 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (piece: Buffer) => chunks.push(piece));
    request.on("end", () => {
      const left = new AbortController();
      response.on("close", () => left.abort());
      const isGet = request.method === "GET";
      fetch(`${origin}${request.url}`, {
        method: request.method ?? "GET",
        headers: { "content-type": "application/json" },
        ...(isGet ? {} : { body: Buffer.concat(chunks) }),
        signal: left.signal,
      }).then(
        async (answer) => {
          const body = Buffer.from(await answer.arrayBuffer());
          const isUsage = request.url === "/api/gateway/usage";
          if (isUsage) state.delivered += 1;
          if (isUsage && state.dropAnswers) {
            state.dropped += 1;
            response.destroy();
            return;
          }
          response.writeHead(answer.status, { "content-type": "application/json" });
          response.end(answer.status === 204 ? undefined : body);
        },
        () => response.destroy(),
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    state,
    port: typeof address === "object" && address ? address.port : 0,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function startProcess(home: Home): Promise<GatewayProcess> {
  return startGatewayProcess({ home, controlPort: started.proxy?.port ?? 0 });
}

async function ledger(): Promise<UsageRecord[]> {
  const response = await started.control?.app.inject({ url: "/api/usage/requests?limit=200" });
  return response?.json<{ items: UsageRecord[] }>().items ?? [];
}

async function waitForRows(ids: readonly string[]): Promise<UsageRecord[]> {
  for (;;) {
    const rows = (await ledger()).filter((row) => ids.includes(row.requestId));
    if (rows.length >= ids.length) return rows;
    await sleep(30);
  }
}

test("kill -9 in the middle of streams: every call is in the ledger once, the cap holds, nothing secret is on disk", async () => {
  const { control, proxy } = started;
  if (!control || !proxy) throw new Error("not started");
  const home = await newHome();
  homes.push(home);
  const { secret } = await control.newKey({ budget: "budget:default/b" });
  const first = await startProcess(home);
  await control.gateway.awaitApplied();
  const clientOf = (origin: string) =>
    new OpenAI({ apiKey: secret, baseURL: `${origin}/v1`, maxRetries: 0 });

  const begin = async (origin: string) =>
    clientOf(origin)
      .chat.completions.create({ model: "talker", messages, stream: true })
      .withResponse();
  // Two that end well, their acknowledgements lost.
  proxy.state.dropAnswers = true;
  const whole = await Promise.all([begin(first.origin), begin(first.origin)]);
  for (const { data } of whole) for await (const part of data) expect(part.id).toBe("c1");
  while (proxy.state.dropped < 2) await sleep(10);
  // Six that are cut by the kill, after some chunks of each.
  const cut = await Promise.all(Array.from({ length: 6 }, () => begin(first.origin)));
  const broken = cut.map(async ({ data }) => {
    for await (const part of data) expect(part.id).toBe("c1");
  });
  const outcomes = Promise.allSettled(broken);
  await sleep(60);
  await first.kill();
  expect((await outcomes).map(({ status }) => status)).toEqual(Array(6).fill("rejected"));

  proxy.state.dropAnswers = false;
  const second = await startProcess(home);
  const idsOf = (calls: readonly { response: Response }[]) =>
    calls.map(({ response }) => response.headers.get("x-request-id") ?? "");
  const rows = await waitForRows([...idsOf(whole), ...idsOf(cut)]);
  expect(rows).toHaveLength(8);
  const wholeRows = rows.filter((row) => idsOf(whole).includes(row.requestId));
  expect(wholeRows.map((row) => [row.estimated, row.costMicroUsd])).toEqual([
    [false, 100],
    [false, 100],
  ]);
  const cutRows = rows.filter((row) => idsOf(cut).includes(row.requestId));
  for (const row of cutRows) {
    expect(row).toMatchObject({
      estimated: true,
      errorCode: "gateway_restarted",
      outputTokens: 50,
    });
  }

  // The new process goes on from what the old one spent, up to the cap and not beyond.
  let refused: unknown;
  while (!refused) {
    try {
      for await (const part of (await begin(second.origin)).data) expect(part.id).toBe("c1");
    } catch (error) {
      refused = error;
    }
  }
  expect(refused).toMatchObject({ status: 429, code: "budget_exceeded" });
  await sleep(300);
  const all = await ledger();
  const spent = all.reduce((sum, row) => sum + (row.costMicroUsd ?? 0), 0);
  expect(spent).toBeLessThanOrEqual(5_000);
  const worst = cutRows[0]?.costMicroUsd ?? 0;
  expect(spent).toBeGreaterThanOrEqual(5_000 - worst);
  expect(new Set(all.map((row) => row.id)).size).toBe(all.length);
  await expectNoSecrets(home, [secret, "provider-secret-1"], first.log() + second.log());
  await second.kill();
});

test("without a control plane a restarted gateway goes on from its snapshot and its lease", async () => {
  const { control, proxy } = started;
  if (!control || !proxy) throw new Error("not started");
  control.entities.push(budget("offline", "1.00"));
  control.changed();
  const home = await newHome();
  homes.push(home);
  const { secret } = await control.newKey({ budget: "budget:default/offline" });
  const first = await startProcess(home);
  await control.gateway.awaitApplied();
  const call = async (origin: string) =>
    new OpenAI({ apiKey: secret, baseURL: `${origin}/v1`, maxRetries: 0 }).chat.completions.create({
      model: "talker",
      messages,
      stream: true,
    });
  for await (const part of await call(first.origin)) expect(part.id).toBe("c1");
  await first.kill();
  await proxy.close();
  const second = await startProcess(home);
  for await (const part of await call(second.origin)) expect(part.id).toBe("c1");
  const forwarded = await fetch(`${second.origin}/v1/files`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  expect(forwarded.status).toBe(503);
  expect(forwarded.headers.get("retry-after")).toBe("2");
  await second.kill();
});

async function expectNoSecrets(home: Home, secrets: readonly string[], log: string): Promise<void> {
  const names = await readdir(home.gateway.root, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map((file) => readFile(join(file.parentPath, file.name), "utf8")),
  );
  for (const secret of secrets) expect([...texts, log].join("\n")).not.toContain(secret);
}
