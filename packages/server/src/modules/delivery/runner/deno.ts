import { spawn, type ChildProcessByStdio } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import { findProcess } from "#platform/processes";
import {
  compileEnvironment,
  compileRunArguments,
  dataLimitKiB,
  type Placement,
} from "../deno-flags.ts";
import type { Exit } from "../exit-reason.ts";
import { findPrivateMemoryMiB } from "./memory.ts";
import { inspectService } from "./preflight.ts";
import type { Runner, StartWorkload, WorkloadProcess } from "./runner.ts";

export type DenoRunnerDeps = {
  readonly deno: string;
  /** Deno's own files, one folder a service. */
  readonly caches: string;
  /** Asked at each start: ports are known once the servers listen. */
  readonly gatewayPort: () => number;
  readonly controlPort: () => number;
};

/** Services as Deno processes of this machine: one process boundary around V8 with the rights of its manifest. What
 *  this holds and what it does not is in docs/decisions. */
export function createDenoRunner(deps: DenoRunnerDeps): Runner {
  return {
    inspect: (folder, signal) =>
      inspectService(
        { deno: deps.deno, denoDirectory: join(deps.caches, "preflight") },
        folder,
        signal,
      ),
    start: (workload) => startDeno(deps, workload),
    isCommandOf: (command, folder) => command.includes(deps.deno) && command.includes(folder),
  };
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Sets the memory limit, then waits for a word before it becomes the service: whoever starts it has time to note its
 *  number, and when that one is killed in between, the word never comes and the shell ends. */
const gate =
  'ulimit -c 0; ulimit -d "$0" 2>/dev/null; read -r word || exit 1; exec "$@" </dev/null';

async function startDeno(deps: DenoRunnerDeps, workload: StartWorkload): Promise<WorkloadProcess> {
  const placement = await place(deps, workload);
  const child = spawn(
    "/bin/sh",
    [
      "-c",
      gate,
      String(dataLimitKiB(workload.manifest)),
      deps.deno,
      ...compileRunArguments(workload.manifest, placement),
    ],
    {
      cwd: placement.folder,
      env: compileEnvironment(workload.manifest, placement),
      stdio: ["pipe", "pipe", "pipe"],
      // Its own process group: Ctrl-C in the terminal must reach the platform only, which then stops its services in order.
      detached: true,
    },
  );
  const watched = watch(child, workload);
  const identity = child.pid === undefined ? undefined : await findProcess(child.pid);
  if (!identity) {
    child.kill("SIGKILL");
    throw new Error(`the process of ${workload.service} could not be started`);
  }
  try {
    await workload.onSpawned(identity);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  child.stdin.on("error", () => {}); // it ended before the word; `exited` tells how
  child.stdin.end("go\n");
  return { identity, exited: watched.exited, stop: watched.stop };
}

async function place(deps: DenoRunnerDeps, workload: StartWorkload): Promise<Placement> {
  const folder = await realpath(workload.folder);
  const denoDirectory = join(deps.caches, workload.service);
  await mkdir(denoDirectory, { recursive: true, mode: 0o700 });
  return {
    service: workload.service,
    folder,
    denoDirectory,
    port: workload.port,
    gatewayPort: deps.gatewayPort(),
    controlPort: deps.controlPort(),
    hasNodeModules: existsSync(join(folder, "node_modules")),
    key: workload.key,
  };
}

function watch(child: Child, { manifest, onOutput }: StartWorkload) {
  let endedBy: Exit["endedBy"];
  const ended = new AbortController();
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once("error", reject);
    // "close" comes after the last output, "exit" may come before it.
    child.once("close", (code, signal) => {
      ended.abort();
      resolve({ code, signal, endedBy });
    });
  });
  exited.catch(() => ended.abort());
  for (const stream of ["stdout", "stderr"] as const) {
    const decoder = new StringDecoder("utf8");
    child[stream].on("data", (bytes: Buffer) => onOutput(stream, decoder.write(bytes)));
  }
  const stop = async (why: NonNullable<Exit["endedBy"]>, graceMs: number): Promise<void> => {
    endedBy ??= why;
    signalGroup(child.pid, "SIGTERM");
    const wasInTime = await Promise.race([
      exited.then(() => true),
      sleep(graceMs, false, { signal: ended.signal }).catch(() => true),
    ]);
    if (!wasInTime) signalGroup(child.pid, "SIGKILL");
    await exited;
  };
  void endWhenTooLarge(
    { pid: child.pid, limitMiB: manifest.limits.memoryMiB, ended: ended.signal },
    () => stop("memory", 0),
  );
  return { exited, stop };
}

const memoryCheckMs = 250;

type MemoryWatch = {
  readonly pid: number | undefined;
  readonly limitMiB: number;
  readonly ended: AbortSignal;
};

/** `ulimit -d` refuses an allocation, which a service may survive and go on with what it holds. This ends it and says
 *  why. The first comes at once, the second a moment later: neither alone would do. */
async function endWhenTooLarge(watched: MemoryWatch, end: () => Promise<void>): Promise<void> {
  while (watched.pid !== undefined && !watched.ended.aborted) {
    const usedMiB = await findPrivateMemoryMiB(watched.pid);
    if (usedMiB !== undefined && usedMiB > watched.limitMiB) return end();
    await sleep(memoryCheckMs, undefined, { signal: watched.ended, ref: false }).catch(() => {});
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone, which is what was wanted.
  }
}
