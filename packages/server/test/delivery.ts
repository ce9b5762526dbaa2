/** A `delivery` module over a test's database with real repositories, the real sandbox and stand-ins for what it asks
 *  of other modules. */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { AnyAction, ExecuteContext } from "@causeway/contract";
import type { FastifyRequest } from "fastify";
import { createDelivery, type Delivery } from "#modules/delivery";
import { systemClock } from "#platform/clock";
import { noCrashPoint, type CrashPoint } from "#platform/crash-points";
import type { Db } from "#platform/db/database";
import { createHome, type Home } from "#platform/home";
import { silentLog } from "#platform/log";
import { createApp, type App } from "../src/http/app.ts";
import { developer } from "./app.ts";
import { writeFiles } from "./services.ts";

export type TestDelivery = Delivery & {
  readonly home: Home;
  readonly app: App;
  readonly origin: string;
  /** Secrets in the order they were issued. */
  readonly secrets: string[];
  readonly deploy: AnyAction;
  stop(): Promise<void>;
};

export type StartDelivery = {
  readonly db: Db;
  readonly root: string;
  readonly gatewayPort?: number;
};

/** A caller with `authorization: Bearer developer` is signed in, everybody else is anonymous. */
export async function startDelivery({
  db,
  root,
  gatewayPort = 9,
}: StartDelivery): Promise<TestDelivery> {
  const home = await createHome(root);
  const secrets: string[] = [];
  let origin = "";
  const delivery = createDelivery({
    db,
    home,
    clock: systemClock,
    log: silentLog,
    gatewayOrigin: () => `http://127.0.0.1:${gatewayPort}`,
    controlOrigin: () => origin,
    issueSecret: async ({ keyId }) => {
      // Of this process too: two platforms after one another must not issue the same.
      const secret = `cwk_${keyId}_${process.pid}_${secrets.length + 1}_secret`;
      secrets.push(secret);
      return { secret };
    },
    awaitApplied: async () => {},
    authenticate: async (request: FastifyRequest) =>
      request.headers.authorization === "Bearer developer" ? developer : undefined,
    restartRules: { stableMs: 60_000, firstDelayMs: 20, maxDelayMs: 50, maxShortLives: 4 },
  });
  const app = createApp(silentLog);
  app.addHook("onRequest", async (request) => {
    if (request.routeOptions.config.access !== "public") request.principal = developer;
  });
  await app.register(delivery.routes);
  origin = await app.listen({ host: "127.0.0.1", port: 0 });
  const [deploy] = delivery.actions;
  if (!deploy) throw new Error("delivery brings no action");
  return {
    ...delivery,
    home,
    app,
    origin,
    secrets,
    deploy,
    stop: async () => {
      await app.close();
      await delivery.supervisor.stop();
    },
  };
}

const git = promisify(execFile);

/** Commits `files` as the whole content of a repository's branch and answers the commit's hash. */
export async function commitFiles(
  home: Home,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const bare = join(home.repositories, `${name}.git`);
  const work = join(home.root, "work", `${name}-${Math.random().toString(36).slice(2)}`);
  await mkdir(work, { recursive: true });
  await writeFiles(work, files);
  const run = async (...args: string[]) => {
    const who = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
    return (await git("git", [...who, ...args], { cwd: work })).stdout.trim();
  };
  await run("init", "--quiet", "--bare", bare);
  await run("init", "--quiet");
  await run("add", "--all");
  await run("commit", "--quiet", "--message", "Test");
  const hash = await run("rev-parse", "HEAD");
  await run("push", "--quiet", "--force", bare, "HEAD:refs/heads/main");
  return hash;
}

export function executeContext(
  options: { readonly key?: string; readonly crashPoint?: CrashPoint } = {},
): ExecuteContext {
  return {
    runId: "run_test",
    stepId: "deploy",
    principal: "user:default/admin",
    workspace: "/nonexistent",
    signal: AbortSignal.timeout(60_000),
    idempotencyKey: options.key ?? "run_test:deploy:forward",
    log: () => {},
    progress: () => {},
    crashPoint: options.crashPoint ?? noCrashPoint,
  };
}

export function deployInput(name: string, commit: string, others: Record<string, unknown> = {}) {
  return {
    name,
    owner: "group:default/platform",
    component: `component:default/${name}`,
    repository: name,
    commit,
    keyId: `key_${name}`,
    public: false,
    ...others,
  };
}
