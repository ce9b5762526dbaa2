import { setTimeout as sleep } from "node:timers/promises";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll } from "vitest";
import type { Entity } from "@causeway/contract";
import { silentLog } from "#platform/log";
import { createNotifier, type Notifier } from "#platform/notify";
import { useDatabase } from "./database.ts";
import {
  localEntities,
  startControlPlane,
  startDataplane,
  type ControlPlane,
  type TestDataplane,
} from "./gateway.ts";
import { startScriptedProvider, type ScriptedProvider } from "./scripted-provider.ts";

export type UsageView = { readonly state: string } & Readonly<Record<string, unknown>>;
export type LedgerRow = {
  readonly requestId: string;
  readonly outcome: string;
  readonly [name: string]: unknown;
};

/** Control side and data plane, both real, for the tests of a file. Call it at the top of the file. */
export function prepareGateway(
  patience: { readonly firstTokenMs?: number; readonly idleMs?: number } = {},
) {
  const database = useDatabase();
  let notifier: Notifier | undefined;
  let control: ControlPlane | undefined;
  let plane: TestDataplane | undefined;
  const providers: ScriptedProvider[] = [];
  let names = 0;
  const get = () => {
    if (!control || !plane) throw new Error("prepareGateway() is ready in hooks and tests only");
    return { control, plane, origin: plane.origin };
  };

  beforeAll(async () => {
    notifier = createNotifier({ url: database.url, log: silentLog });
    control = await startControlPlane({
      db: database.db,
      notifier,
      entities: localEntities,
      gatewayOrigin: () => get().origin,
    });
    plane = await startDataplane({ controlOrigin: control.origin, ...patience });
  });
  afterAll(async () => {
    await plane?.close();
    await control?.close();
    await notifier?.close();
  });
  afterEach(async () => {
    await Promise.all(providers.splice(0).map((provider) => provider.close()));
  });

  return {
    get,
    newName: (): string => `m${++names}`,
    provide: async (script: Parameters<typeof startScriptedProvider>[0]) => {
      const provider = await startScriptedProvider(script);
      providers.push(provider);
      return provider;
    },
    declare: async (...entities: Entity[]): Promise<void> => {
      get().control.entities.push(...entities);
      get().control.changed();
      await get().control.gateway.awaitApplied();
    },
    clientOf: async (secret: string): Promise<OpenAI> => {
      await get().control.gateway.awaitApplied();
      return new OpenAI({ apiKey: secret, baseURL: `${get().origin}/v1`, maxRetries: 0 });
    },
    /** The settled usage, once the gateway has settled it. */
    usageOf: (secret: string, requestId: string) => waitForUsage(get().origin, secret, requestId),
    /** The ledger's rows of a request, once delivered. */
    ledgerOf: (requestId: string) => waitForLedger(get().control, requestId),
  };
}

async function waitForUsage(origin: string, secret: string, id: string): Promise<UsageView> {
  for (;;) {
    const headers = { authorization: `Bearer ${secret}` };
    const response = await fetch(`${origin}/v1/requests/${id}`, { headers });
    const usage = (await response.json()) as UsageView; // the test asserts its members
    if (usage.state === "settled") return usage;
    await sleep(5);
  }
}

async function waitForLedger(control: ControlPlane, requestId: string): Promise<LedgerRow[]> {
  for (;;) {
    const response = await control.app.inject({ url: "/api/usage/requests?limit=200" });
    const { items } = response.json<{ items: LedgerRow[] }>();
    const rows = items.filter((row) => row.requestId === requestId);
    if (rows.length > 0) return rows;
    await sleep(20);
  }
}

/** Two passages and a question that one sentence of them answers. */
export const question = [
  { role: "system" as const, content: "Max sentences: 1. Cite as [n]." },
  {
    role: "user" as const,
    content:
      "Passages:\n\n[1] Travel (travel.md)\nTrains are booked in second class. A taxi needs a reason.\n\n[2] Leave (leave.md)\nEverybody has 30 days of leave.\n\nQuestion: How many days of leave do I have?",
  },
];
