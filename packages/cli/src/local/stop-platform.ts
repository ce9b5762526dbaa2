import { UnavailableError } from "@causeway/contract";
import { readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { Home } from "./home.ts";
import {
  identifyProcess,
  isSameProcess,
  signalProcess,
  waitUntilGone,
  type ProcessIdentity,
} from "./processes.ts";
import { fileNames, listClaimedPids, readPostmaster, readUpFile } from "./run-files.ts";

export type FoundProcess = { readonly name: string; readonly identity: ProcessIdentity };

/** The supervisor of this home, if it lives. */
export function findSupervisor(home: Home): ProcessIdentity | undefined {
  const supervisor = readUpFile(home)?.supervisor;
  return supervisor && isSameProcess(supervisor) ? supervisor : undefined;
}

/** Every process of this home that still runs, in the order in which they are stopped. A pid in a file is believed only
 *  when start time or command line fit: it may long belong to somebody else. */
export function findProcesses(home: Home): FoundProcess[] {
  const found = new Map<number, FoundProcess>();
  const add = (name: string, identity: ProcessIdentity | undefined) => {
    if (identity && !found.has(identity.pid)) found.set(identity.pid, { name, identity });
  };
  const up = readUpFile(home);
  const children = (up?.children ?? []).filter(isSameProcess);
  for (const child of children) add(child.name, child);
  for (const { name, pid, mark } of listClaimedPids(home)) {
    const identity = identifyProcess(pid);
    if (identity?.command.includes(mark)) add(name, identity);
  }
  add("database", findPostmaster(home));
  return [...found.values()].toSorted((a, b) => stopRank(a.name) - stopRank(b.name));
}

/** Gateway first: it hands its last usage to the control plane. The control plane stops services and database itself;
 *  what is left of them after a kill comes last. */
function stopRank(name: string): number {
  const order = ["gateway", "control", "service", "database"];
  return order.findIndex((word) => name.startsWith(word));
}

function findPostmaster(home: Home): ProcessIdentity | undefined {
  const postmaster = readPostmaster(home);
  const identity = postmaster && identifyProcess(postmaster.pid);
  if (!identity || !postmaster) return undefined;
  const [program = ""] = identity.command.split(" -D ");
  const isOurs = identity.command.includes(` -D ${postmaster.dataDirectory} `);
  return basename(program) === "postgres" && isOurs ? identity : undefined;
}

const patienceMs = 30_000;

/** Stops what of a platform runs and removes what only a running one may leave: idempotent, also after kill -9 of any
 *  part. Returns what it stopped. */
export async function stopPlatform(
  home: Home,
  onStopping: (name: string, pid: number) => void,
): Promise<FoundProcess[]> {
  const stopped: FoundProcess[] = [];
  const supervisor = findSupervisor(home);
  if (supervisor) {
    onStopping("supervisor", supervisor.pid);
    await stopProcess({ name: "supervisor", identity: supervisor });
    stopped.push({ name: "supervisor", identity: supervisor });
  }
  // The database's socket directory must be known before its pid file goes.
  const socketDirectory = readPostmaster(home)?.socketDirectory;
  // Looked up anew each time: a control plane that ends takes its services and database along.
  for (let next = findProcesses(home)[0]; next; next = findProcesses(home)[0]) {
    onStopping(next.name, next.identity.pid);
    await stopProcess(next);
    stopped.push(next);
  }
  removeLeftFiles(home, socketDirectory);
  return stopped;
}

async function stopProcess({ name, identity }: FoundProcess): Promise<void> {
  // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for its clients.
  signalProcess(identity, name === "database" ? "SIGINT" : "SIGTERM");
  if (await waitUntilGone(identity, patienceMs)) return;
  signalProcess(identity, name === "database" ? "SIGQUIT" : "SIGKILL");
  if (await waitUntilGone(identity, patienceMs)) return;
  throw new UnavailableError({
    code: "process_will_not_stop",
    message: `The ${name} process ${identity.pid} does not stop`,
    fix: `End it by hand: kill -9 ${identity.pid}`,
  });
}

/** Call only when no process of the home runs. */
function removeLeftFiles(home: Home, socketDirectory: string | undefined): void {
  const files = [home.ready, ...Object.values(fileNames).map((name) => join(home.run, name))];
  for (const file of files) rmSync(file, { force: true });
  rmSync(home.services, { recursive: true, force: true });
  if (isLockStale(home)) rmSync(home.lock, { force: true });
  // Named by the platform itself: never remove another directory because of a damaged file.
  if (socketDirectory && basename(socketDirectory).startsWith("causeway-")) {
    rmSync(socketDirectory, { recursive: true, force: true });
  }
}

function isLockStale(home: Home): boolean {
  try {
    const owner = JSON.parse(readFileSync(home.lock, "utf8")) as { pid?: unknown }; // only looked at
    return (
      typeof owner.pid !== "number" || !identifyProcess(owner.pid)?.command.includes("main.ts")
    );
  } catch {
    return true;
  }
}
