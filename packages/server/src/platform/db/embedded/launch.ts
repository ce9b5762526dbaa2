import { spawn } from "node:child_process";
import { access, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError } from "@causeway/contract";
import { findProcess } from "#platform/processes";
import { damaged, spawnAs, type Cluster } from "./data-directory.ts";
import { findRunningServer, stopServer, type RunningServer } from "./postmaster.ts";
import { serverArguments, type Durability } from "./settings.ts";

export type LaunchServer = {
  readonly socketDirectory: string;
  readonly durability: Durability;
  readonly logFile: string;
  readonly signal: AbortSignal;
};

/** Starts the server in a session of its own: Ctrl-C in our terminal must reach us, not it, so that we stop it in order.
 *  It outlives us when we are killed. */
export async function launchServer(
  cluster: Cluster,
  options: LaunchServer,
): Promise<RunningServer> {
  const logStart = await rotate(options.logFile);
  const log = await open(options.logFile, "a", 0o600);
  await removeLeftSocket(options.socketDirectory);
  const child = spawn(
    cluster.binaries.postgres,
    serverArguments({ dataDirectory: cluster.dataDirectory, ...options }),
    { ...spawnAs(cluster.account), detached: true, stdio: ["ignore", log.fd, log.fd] },
  );
  let ended: string | undefined;
  child.once("error", (error) => (ended = String(error)));
  child.once("exit", (code, killedBy) => (ended = `it ended with ${killedBy ?? `code ${code}`}`));
  child.unref();
  await log.close();

  const ready = await waitUntilReady(cluster.dataDirectory, {
    pid: child.pid ?? -1,
    signal: options.signal,
    hasEnded: () => ended !== undefined,
  });
  if (ready) return ready;
  const left = child.pid === undefined ? undefined : await findProcess(child.pid);
  if (left) await stopServer(left);
  // A server that panics leaves it; the next start must find the directory as this one did.
  await rm(join(cluster.dataDirectory, "postmaster.pid"), { force: true });
  options.signal.throwIfAborted();
  const complaints = (await readFile(options.logFile, "utf8")).slice(logStart);
  throw explain(cluster, { ended: ended ?? "it did not become ready", complaints });
}

/** Of a server that was killed. No server runs on this home; but PostgreSQL believes any process under the number in the
 *  lock file, also a zombie that nobody collects, and would not start. */
async function removeLeftSocket(socketDirectory: string): Promise<void> {
  for (const name of [".s.PGSQL.5432", ".s.PGSQL.5432.lock"]) {
    await rm(join(socketDirectory, name), { force: true });
  }
}

/** The log grows by little; a restart sets a long one aside. Returns where this start's lines begin. */
async function rotate(logFile: string): Promise<number> {
  const size = (await stat(logFile).catch(() => undefined))?.size ?? 0;
  if (size < 4_000_000) return size;
  await rename(logFile, `${logFile}.1`);
  return 0;
}

/** Undefined when the server ends, stops or does not answer in time. Recovery after a crash reads at most
 *  `max_wal_size`: seconds. */
export async function waitUntilReady(
  dataDirectory: string,
  options: {
    readonly pid: number;
    readonly signal: AbortSignal;
    readonly hasEnded?: () => boolean;
  },
): Promise<RunningServer | undefined> {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline && !options.signal.aborted && !options.hasEnded?.()) {
    const server = await findRunningServer(dataDirectory);
    if (server?.process.pid === options.pid) {
      if (server.status === "stopping") return undefined;
      if (server.status === "ready") return (await hasSocket(server)) ? server : undefined;
    } else if (!options.hasEnded) {
      return undefined;
    }
    await sleep(10);
  }
  return undefined;
}

async function hasSocket(server: RunningServer): Promise<boolean> {
  return access(join(server.socketDirectory, ".s.PGSQL.5432")).then(
    () => true,
    () => false,
  );
}

function explain(
  cluster: Cluster,
  failure: { readonly ended: string; readonly complaints: string },
) {
  const lines = failure.complaints
    .split("\n")
    .filter((line) => /FATAL|PANIC|ERROR|error/.test(line));
  const reason = (lines.at(-1) ?? failure.complaints.trim().split("\n").at(-1)) || failure.ended;
  const isDamage = /PANIC|could not (read|open|locate)|invalid|checksum|corrupt|not a valid/i;
  if (isDamage.test(failure.complaints)) return damaged(cluster.dataDirectory, reason);
  return new UnavailableError({
    code: "database_start_failed",
    message: `PostgreSQL did not start on ${cluster.dataDirectory}: ${reason}`,
    fix: "The reason above is the server's own; its log is logs/postgres.log in CAUSEWAY_HOME.",
  });
}
