import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Home } from "#platform/home";
import type { Log } from "#platform/log";
import { chooseAccount } from "./account.ts";
import { prepareBinaries } from "./binaries.ts";
import { databaseUser, ensureDataDirectory, type Cluster } from "./data-directory.ts";
import { launchServer, waitUntilReady } from "./launch.ts";
import { choosePlacement, removeSocketDirectory, systemDirectory } from "./placement.ts";
import { findRunningServer, stopServer, type RunningServer } from "./postmaster.ts";
import type { Durability } from "./settings.ts";
import { ensureDatabase } from "./ensure-database.ts";

export type EmbeddedPostgres = {
  readonly url: string;
  /** Whether the server of a platform that was killed was found running and taken over. */
  readonly attached: boolean;
  readonly pid: number;
  stop(): Promise<void>;
};

export type StartEmbeddedPostgres = {
  readonly home: Home;
  readonly log: Log;
  readonly signal?: AbortSignal;
  readonly onProgress?: (message: string) => void;
  readonly durability?: Durability;
};

/** PostgreSQL of our own on a Unix socket. The caller holds the lock of `home`: two at once are not defended here. */
export async function startEmbeddedPostgres(
  options: StartEmbeddedPostgres,
): Promise<EmbeddedPostgres> {
  const { home, log, signal = new AbortController().signal, onProgress = () => {} } = options;
  const account = await chooseAccount();
  const copiesIn = account.isOwn ? [home.root] : [systemDirectory, home.root];
  const binaries = await prepareBinaries({ account, copiesIn, onProgress });
  const placement = await choosePlacement(home, account);
  const cluster: Cluster = { binaries, account, dataDirectory: placement.dataDirectory };

  if (placement.dataDirectory !== home.postgres) {
    onProgress(
      `the database lies in ${placement.dataDirectory}: its user cannot reach ${home.root}`,
    );
  }

  const left = await attach(cluster.dataDirectory, signal);
  if (left) onProgress("found the database still running");
  const server = left ?? (await start(cluster, placement.socketDirectory, options));

  const url = await ensureDatabase(server.socketDirectory, databaseUser);
  log.info({ pid: server.process.pid, attached: left !== undefined }, "PostgreSQL is ready");
  return {
    url,
    attached: left !== undefined,
    pid: server.process.pid,
    stop: async () => {
      await stopServer(server.process);
      await removeSocketDirectory(server.socketDirectory);
    },
  };
}

async function start(cluster: Cluster, socketDirectory: string, options: StartEmbeddedPostgres) {
  const { home, durability = "full" } = options;
  const { signal = new AbortController().signal, onProgress = () => {} } = options;
  const logFile = join(home.logs, "postgres.log");
  try {
    await ensureDataDirectory(cluster, { onProgress, signal });
    onProgress("starting the database");
    return await launchServer(cluster, { socketDirectory, durability, logFile, signal });
  } catch (error) {
    await removeSocketDirectory(socketDirectory);
    throw error;
  }
}

/** Ends a server that a killed owner left on the home, if one runs. */
export async function stopLeftServer(dataDirectory: string): Promise<void> {
  const left = await findRunningServer(dataDirectory);
  if (!left) return;
  await stopServer(left.process);
  await removeSocketDirectory(left.socketDirectory);
}

/** Takes a server over that is ready or becomes so. One that is on its way out, or whose socket somebody has removed,
 *  is ended; then, or when the number belongs to another program, the way is free for a new one. */
async function attach(
  dataDirectory: string,
  signal: AbortSignal,
): Promise<RunningServer | undefined> {
  const left = await findRunningServer(dataDirectory);
  if (left) {
    const ready = await waitUntilReady(dataDirectory, { pid: left.process.pid, signal });
    if (ready) return ready;
    await stopServer(left.process);
  }
  await rm(join(dataDirectory, "postmaster.pid"), { force: true });
  return undefined;
}
