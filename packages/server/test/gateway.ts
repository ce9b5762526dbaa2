import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entityInput, refOfEntity, type Entity } from "@causeway/contract";
import { createGateway, type CatalogPort, type Gateway } from "#modules/gateway";
import { systemClock, type Clock } from "#platform/clock";
import type { Db } from "#platform/db/database";
import { createHome, type Home } from "#platform/home";
import { silentLog } from "#platform/log";
import type { Notifier } from "#platform/notify";
import { createDataplane, type Dataplane } from "../src/modules/gateway/dataplane/index.ts";
import type { App } from "../src/http/app.ts";
import { appWith } from "./app.ts";

export const internalToken = "internal-token-of-a-test";

const owner = "group:default/platform";

export function entity(kind: string, name: string, spec: Record<string, unknown>): Entity {
  return entityInput.parse({
    apiVersion: "causeway.dev/v1alpha1",
    kind,
    metadata: { name, namespace: "default" },
    spec: { owner, ...spec },
  }) as Entity; // the fields that Zod leaves open are optional in Entity
}

export const localEntities: readonly Entity[] = [
  entity("Provider", "local", { driver: "local" }),
  entity("Model", "extract", {
    provider: "provider:default/local",
    modelId: "extract-1",
    purpose: "chat",
    contextTokens: 16_000,
    maxOutputTokens: 512,
    price: {
      inputUsdPerMillion: "0.15",
      outputUsdPerMillion: "0.60",
      since: "2026-01-01",
      notional: true,
    },
  }),
  entity("Model", "hash", {
    provider: "provider:default/local",
    modelId: "hash-256",
    purpose: "embedding",
    contextTokens: 8_000,
    maxOutputTokens: 1,
    dimensions: 256,
    price: {
      inputUsdPerMillion: "0.02",
      outputUsdPerMillion: "0",
      since: "2026-01-01",
      notional: true,
    },
  }),
  entity("Route", "chat", {
    purpose: "chat",
    targets: [{ model: "model:default/extract" }],
  }),
  entity("Route", "embedding", {
    purpose: "embedding",
    targets: [{ model: "model:default/hash" }],
  }),
];

/** A chat model on a scripted provider, under a route of the same name. $2 and $4 a million unless told otherwise. */
export function remoteChat(
  name: string,
  baseUrl: string,
  options: {
    readonly price?: boolean;
    readonly alsoTry?: string;
    readonly maxOutputTokens?: number;
  } = {},
): Entity[] {
  const price = { inputUsdPerMillion: "2", outputUsdPerMillion: "4", since: "2026-01-01" };
  const also = options.alsoTry ? [{ model: `model:default/${options.alsoTry}` }] : [];
  return [
    entity("Provider", name, {
      driver: "openai",
      baseUrl,
      credential: { env: "TEST_PROVIDER_KEY" },
    }),
    entity("Model", name, {
      provider: `provider:default/${name}`,
      modelId: `${name}-upstream`,
      purpose: "chat",
      contextTokens: 100_000,
      maxOutputTokens: options.maxOutputTokens ?? 100,
      ...(options.price === false ? {} : { price }),
    }),
    entity("Route", name, {
      purpose: "chat",
      targets: [{ model: `model:default/${name}` }, ...also],
    }),
  ];
}

export function budget(name: string, capUsd: string): Entity {
  return entity("Budget", name, { subject: "component:default/app", capUsd, window: "day" });
}

export type ControlPlane = {
  readonly gateway: Gateway;
  readonly app: App;
  readonly origin: string;
  readonly entities: Entity[];
  /** Tells the gateway module that `entities` changed. */
  changed(): void;
  /** A key and a secret of it. */
  newKey(options?: Partial<NewTestKey>): Promise<{ keyId: string; secret: string }>;
  close(): Promise<void>;
};
type NewTestKey = {
  readonly name: string;
  readonly budget: string | null;
  readonly routes: readonly string[] | "*";
  readonly vectorStores: readonly string[];
  readonly prompts: readonly string[] | "*";
};

export type ControlPlaneOptions = {
  readonly db: Db;
  readonly notifier: Notifier;
  readonly clock?: Clock;
  readonly entities: readonly Entity[];
  readonly gatewayOrigin?: () => string;
};

/** The control side on a real database, with the catalog as a list. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const entities = [...options.entities];
  const listeners = new Set<() => void>();
  const gateway = createGateway({
    db: options.db,
    notifier: options.notifier,
    clock: options.clock ?? systemClock,
    log: silentLog,
    catalog: catalogOf(entities, listeners),
    prompts: { listPublished: async () => [testPrompt], onChange: () => () => {} },
    internalToken,
    gatewayOrigin: options.gatewayOrigin ?? (() => "http://127.0.0.1:1"),
  });
  const app = await appWith(async (app) => {
    await gateway.routes(app);
    echoRoutes(app);
  });
  const origin = await app.listen({ host: "127.0.0.1", port: 0 });
  let made = 0;
  return {
    gateway,
    app,
    origin,
    entities,
    changed: () => {
      for (const listener of listeners) listener();
    },
    newKey: async (key = {}) => {
      made += 1;
      const all = {
        name: `key-${made}`,
        budget: null,
        routes: "*",
        vectorStores: [],
        prompts: "*",
      };
      const keyId = await executeCreateKey(gateway, { ...all, ...key });
      const actor = "user:default/admin";
      const issued = await gateway.issueSecret({ keyId, actor, replaceEarlier: false });
      return { keyId, secret: issued.secret };
    },
    close: async () => {
      await gateway.close();
      await app.close();
    },
  };
}

/** Stands for the modules whose `/internal` routes the data plane forwards to: answers what it was asked. */
function echoRoutes(app: App): void {
  app.addContentTypeParser("multipart/form-data", { parseAs: "string" }, (_request, body, done) =>
    done(null, body),
  );
  app.all("/internal/*", { config: { access: "gateway" } }, async (request) => ({
    method: request.method,
    url: request.url,
    headers: request.headers,
    body: request.body,
  }));
}

function catalogOf(entities: readonly Entity[], listeners: Set<() => void>): CatalogPort {
  return {
    list: async ({ kind }) => entities.filter((item) => item.kind === kind),
    find: async (ref) => entities.find((item) => refOfEntity(item) === ref),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const testPrompt = {
  name: "greeting",
  ref: "prompt:default/greeting",
  version: 1,
  hash: "abc",
  system: "Be brief.",
  template: "Greet {{name}}",
  variables: ["name"],
  route: null,
  retrieval: null,
};

let steps = 0;

async function executeCreateKey(gateway: Gateway, key: object): Promise<string> {
  const [action] = gateway.actions;
  if (!action) throw new Error("the gateway brings no action");
  steps += 1;
  const input = action.input.parse({ ...key, principal: "component:default/app", owner });
  const { output } = await action.execute(input, {
    runId: "run_test",
    stepId: "key",
    principal: "user:default/admin",
    workspace: tmpdir(),
    signal: new AbortController().signal,
    idempotencyKey: `run_test:key${steps}:do`,
    log: () => {},
    progress: () => {},
    crashPoint: () => {},
  });
  return (output as { keyId: string }).keyId; // the action's own output schema
}

export type TestDataplane = {
  readonly dataplane: Dataplane;
  readonly origin: string;
  readonly home: Home;
  close(): Promise<void>;
};

export async function startDataplane(options: {
  readonly controlOrigin: string;
  readonly home?: Home;
  readonly deadlineMs?: number;
  readonly firstTokenMs?: number;
  readonly idleMs?: number;
  readonly clock?: Clock;
}): Promise<TestDataplane> {
  const home = options.home ?? (await newHome());
  const dataplane = await createDataplane({
    home,
    controlOrigin: options.controlOrigin,
    internalToken,
    readCredential: (name) => (name === "TEST_PROVIDER_KEY" ? "provider-secret-1" : undefined),
    deadlineMs: options.deadlineMs ?? 20_000,
    firstTokenMs: options.firstTokenMs ?? 5_000,
    idleMs: options.idleMs ?? 5_000,
    clock: options.clock ?? systemClock,
    log: silentLog,
  });
  const origin = await dataplane.listen({ host: "127.0.0.1", port: 0 });
  return {
    dataplane,
    origin,
    home,
    close: async () => {
      await dataplane.close();
      if (!options.home) await rm(home.root, { recursive: true, force: true });
    },
  };
}

export async function newHome(): Promise<Home> {
  return createHome(await mkdtemp(join(tmpdir(), "cw-gateway-")));
}

/** One chunk of a chat stream. */
export function chunk(content: string, more: Record<string, unknown> = {}): string {
  const choice = { index: 0, delta: { content }, finish_reason: null };
  const body = {
    id: "c1",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [choice],
    ...more,
  };
  return `data: ${JSON.stringify(body)}\n\n`;
}

export function usageChunk(promptTokens: number, completionTokens: number): string {
  return chunk("", {
    choices: [],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  });
}

export function completion(
  content: string,
  usage?: { prompt: number; completion: number },
): string {
  return JSON.stringify({
    id: "c1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    ...(usage
      ? { usage: { prompt_tokens: usage.prompt, completion_tokens: usage.completion } }
      : {}),
  });
}
