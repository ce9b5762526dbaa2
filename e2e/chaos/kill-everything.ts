import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { findHome, type Home } from "../../packages/cli/src/local/home.ts";
import {
  identifyProcess,
  isSameProcess,
  signalProcess,
  type ProcessIdentity,
} from "../../packages/cli/src/local/processes.ts";
import { findProcesses, findSupervisor } from "../../packages/cli/src/local/stop-platform.ts";
import { repositoryRoot } from "../platform.ts";

export function homeOf(root: string): Home {
  return findHome({ env: { CAUSEWAY_HOME: root }, cwd: repositoryRoot, repositoryRoot });
}

/** The two processes that carry crash points. */
export function findMainProcesses(home: Home): ProcessIdentity[] {
  return findProcesses(home)
    .filter(({ name }) => name === "control" || name === "gateway")
    .map(({ identity }) => identity);
}

/** kill -9 of every process that the home's files name, believed only when start time or command line fit, and of all
 *  their descendants. The supervisor first: it would start the others again. */
export async function killEverything(home: Home): Promise<void> {
  const supervisor = findSupervisor(home);
  if (supervisor) signalProcess(supervisor, "SIGKILL");
  const named = findProcesses(home).map(({ identity }) => identity);
  const doomed = [...named, ...listDescendants(named)];
  for (const identity of doomed) signalProcess(identity, "SIGKILL");
  for (const identity of [...doomed, ...(supervisor ? [supervisor] : [])]) {
    while (isSameProcess(identity)) await sleep(5);
  }
}

/** PostgreSQL's backends, and what a service may have started. */
function listDescendants(of: readonly ProcessIdentity[]): ProcessIdentity[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const pairs = table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = new Set(of.map(({ pid }) => pid));
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const [pid = 0, parent = 0] of pairs) if (found.has(parent)) found.add(pid);
  }
  for (const { pid } of of) found.delete(pid);
  return [...found].flatMap((pid) => identifyProcess(pid) ?? []);
}

/** Processes that still have to do with the home, whether a file names them or not. Only Linux shows them. */
export function listStrays(home: Home): string[] {
  if (process.platform !== "linux") return [];
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const identity = identifyProcess(Number(pid));
    if (!identity || identity.pid === process.pid) return [];
    const isOfHome = `${identity.command} ${environmentOf(pid)} `.includes(home.root);
    return isOfHome ? [`${pid} ${identity.command}`] : [];
  });
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
