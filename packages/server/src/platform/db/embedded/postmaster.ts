import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError } from "@causeway/contract";
import { commandOf, findProcess, isSameProcess, type ProcessIdentity } from "#platform/processes";

/** What a server writes about itself into `postmaster.pid`; the layout is pidfile.h of PostgreSQL. */
export type PostmasterFile = {
  readonly pid: number;
  readonly socketDirectory: string;
  readonly status: string;
};

export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, socketDirectory: lines[4] ?? "", status: lines[7] ?? "" };
}

async function readPostmasterFile(dataDirectory: string) {
  const text = await readFile(join(dataDirectory, "postmaster.pid"), "utf8").catch(() => "");
  return parsePostmasterFile(text);
}

export type RunningServer = {
  readonly process: ProcessIdentity;
  readonly socketDirectory: string;
  readonly status: string;
};

/** The server that a killed platform left behind. Its number in `postmaster.pid` may since belong to another program, so
 *  it must be a postgres on this very directory. */
export async function findRunningServer(dataDirectory: string): Promise<RunningServer | undefined> {
  const file = await readPostmasterFile(dataDirectory);
  if (!file) return undefined;
  const identity = await findProcess(file.pid);
  if (!identity) return undefined;
  const command = await commandOf(file.pid);
  const [program = ""] = command.split(" -D ");
  if (basename(program) !== "postgres" || !command.includes(` -D ${dataDirectory} `))
    return undefined;
  return { process: identity, socketDirectory: file.socketDirectory, status: file.status };
}

/** Fast shutdown (SIGINT): open transactions are rolled back, a checkpoint is written. When that takes too long, an
 *  immediate one (SIGQUIT); the next start then recovers from the log. */
export async function stopServer(server: ProcessIdentity): Promise<void> {
  for (const { signal, withinMs } of [
    { signal: "SIGINT", withinMs: 30_000 },
    { signal: "SIGQUIT", withinMs: 10_000 },
  ] as const) {
    if (!(await isSameProcess(server))) return;
    process.kill(server.pid, signal);
    if (await isGone(server, withinMs)) return;
  }
  throw new UnavailableError({
    code: "database_will_not_stop",
    message: `PostgreSQL (process ${server.pid}) does not stop`,
    fix: `Look at its log, then end it: kill -QUIT ${server.pid}`,
  });
}

async function isGone(server: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (await isSameProcess(server)) {
    if (Date.now() > deadline) return false;
    await sleep(10);
  }
  return true;
}
