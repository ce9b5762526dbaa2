import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A process by its number and the moment it began: a number alone may have gone to somebody else. */
export type ProcessIdentity = { readonly pid: number; readonly began: string };

/** When the process began, as a text that only serves comparison; undefined when nothing runs under the number. A
 *  zombie does not run: in a container without an init nobody may ever collect it. */
export async function findProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const began = process.platform === "linux" ? await linuxStart(pid) : await posixStart(pid);
  return began === undefined ? undefined : { pid, began };
}

export async function isSameProcess(identity: ProcessIdentity): Promise<boolean> {
  const now = await findProcess(identity.pid);
  return now !== undefined && now.began === identity.began;
}

/** The command line, empty for a process that we may not look at. */
export async function commandOf(pid: number): Promise<string> {
  try {
    if (process.platform === "linux") {
      return (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ").trim();
    }
    return (await run("ps", ["-ww", "-o", "command=", "-p", String(pid)])).stdout.trim();
  } catch {
    return "";
  }
}

/** Clock ticks since boot, with the boot's id: ticks repeat after a reboot. */
async function linuxStart(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The second field is the name in brackets and may hold spaces and brackets itself; see proc_pid_stat(5).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state] = fields;
    if (state === "Z" || state === "X") return undefined;
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
    return `${boot.trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

async function posixStart(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run("ps", ["-o", "stat=,lstart=", "-p", String(pid)]);
    const [state, ...start] = stdout.trim().split(/\s+/);
    return !state || state.startsWith("Z") ? undefined : start.join(" ");
  } catch {
    return undefined;
  }
}
