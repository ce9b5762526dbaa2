import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** What tells one process from a later one with the same pid. */
export type ProcessIdentity = {
  readonly pid: number;
  /** When it began, as the system tells it; only ever compared. The same text as in the server's lock. */
  readonly began: string;
  readonly command: string;
};

/** Undefined when no such process lives; a zombie does not. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return process.platform === "linux" ? identifyOnLinux(pid) : identifyByPs(pid);
}

function identifyOnLinux(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything; the fields after the last one are fixed (proc_pid_stat(5)).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    // Ticks since boot repeat after a reboot.
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return { pid, began: `${boot}/${fields[19] ?? ""}`, command };
  } catch {
    return undefined;
  }
}

/** `lstart` is five words: `Mon Jan 1 08:00:00 2026`. */
function identifyByPs(pid: number): ProcessIdentity | undefined {
  try {
    const query = ["-ww", "-o", "stat=,lstart=,command=", "-p", String(pid)];
    const words = execFileSync("ps", query, { encoding: "utf8" }).trim().split(/\s+/);
    if (words.length < 7 || words[0]?.startsWith("Z")) return undefined;
    return { pid, began: words.slice(1, 6).join(" "), command: words.slice(6).join(" ") };
  } catch {
    return undefined;
  }
}

export function isSameProcess(identity: ProcessIdentity): boolean {
  const now = identifyProcess(identity.pid);
  return now !== undefined && now.began === identity.began;
}

/** Sends a signal only to the process that was meant; false when it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isSameProcess(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** True once it is gone, false after the patience. */
export async function waitUntilGone(
  identity: ProcessIdentity,
  patienceMs: number,
): Promise<boolean> {
  const until = Date.now() + patienceMs;
  while (isSameProcess(identity)) {
    if (Date.now() > until) return false;
    await sleep(50);
  }
  return true;
}
