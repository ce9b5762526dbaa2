import { rm } from "node:fs/promises";
import { ConflictError, UnavailableError } from "@causeway/contract";
import { compose } from "./compose.ts";
import type { Config } from "./config.ts";
import type { App } from "./http/app.ts";
import { isReachable, openDatabase, type Db } from "#platform/db/database";
import { startEmbeddedPostgres } from "#platform/db/embedded/index";
import { migrate } from "#platform/db/migrate";
import { codeOf, writeFileAtomically } from "#platform/files";
import { createHome, readOrCreateSecretFile, type Home } from "#platform/home";
import { runQueues } from "#modules/runs";
import { lockHome } from "#platform/home-lock";
import { createLog, type Log } from "#platform/log";
import { createNotifier } from "#platform/notify";
import { createQueue } from "#platform/queue";

/** Roles control and worker: database first, then modules, then the port, last `run/control.json`, which says that all of
 *  it is there. What was started is stopped in reverse, also when a later part fails to start. */
export async function startControl(
  config: Config,
  signal: AbortSignal,
): Promise<{ close(): Promise<void> }> {
  const stack = new AsyncDisposableStack();
  try {
    await startParts(config, { stack, signal });
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
  return { close: () => stack.disposeAsync() };
}

type Starting = { readonly stack: AsyncDisposableStack; readonly signal: AbortSignal };

async function startParts(config: Config, starting: Starting): Promise<void> {
  const { stack, signal } = starting;
  const log = createLog({ name: "control", level: config.logLevel });
  const home = await createHome(config.home);
  const lock = await lockHome(home);
  stack.defer(() => lock.release());

  const url = config.database.url ?? (await startPostgres(home, log, starting));
  const database = openDatabase({ url, maxConnections: 20 });
  stack.defer(() => database.close());
  await assertReachable(database.db, url);
  signal.throwIfAborted();
  const applied = await migrate(database.db);
  if (applied.length > 0) log.info({ applied }, "database migrated");
  const notifier = createNotifier({ url, log });
  stack.defer(() => notifier.close());
  const queue = createQueue({ url, log, queues: runQueues });
  await queue.start();
  stack.defer(() => queue.stop());

  const internalToken = await readOrCreateSecretFile(home, "gateway-token");
  const platform = await compose({
    config,
    home,
    log,
    db: database.db,
    notifier,
    queue,
    internalToken,
  });
  stack.defer(() => platform.stop());
  const origin = await listen(platform.app, config.control.port);
  stack.defer(() => platform.app.close());
  await platform.start();
  const access = await platform.openAccess(origin);
  await writeFileAtomically(
    home.run.control,
    `${JSON.stringify({ pid: process.pid, origin, ...access }, null, 2)}\n`,
    0o600,
  );
  stack.defer(() => rm(home.run.control, { force: true }));
  log.info({ origin }, "control plane is ready");
}

async function startPostgres(home: Home, log: Log, starting: Starting): Promise<string> {
  const postgres = await startEmbeddedPostgres({
    home,
    log,
    signal: starting.signal,
    onProgress: (message) => log.info(message),
  });
  starting.stack.defer(() => postgres.stop());
  return postgres.url;
}

async function assertReachable(db: Db, url: string): Promise<void> {
  if (await isReachable(db)) return;
  throw new UnavailableError({
    code: "database_unreachable",
    message: `The database ${withoutPassword(url)} does not answer`,
    fix: "Check DATABASE_URL and that the server runs, or unset it to use the embedded PostgreSQL.",
  });
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  parsed.password = "";
  return parsed.toString();
}

async function listen(app: App, port: number): Promise<string> {
  try {
    return await app.listen({ host: "127.0.0.1", port });
  } catch (error) {
    if (codeOf(error) !== "EADDRINUSE") throw error;
    throw new ConflictError({
      code: "port_in_use",
      message: `Port ${port} on 127.0.0.1 is in use by another program`,
      fix: "Stop that program, or choose another port: npm run up -- --port 7500",
      cause: error,
    });
  }
}
