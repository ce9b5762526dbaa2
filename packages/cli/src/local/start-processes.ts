import { UnavailableError } from "@causeway/contract";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Home } from "./home.ts";
import { keepRunning, type KeptProgram } from "./keep-running.ts";
import type { ProcessIdentity } from "./processes.ts";
import {
  fileNames,
  readControlFile,
  readGatewayFile,
  type ControlFile,
  type GatewayFile,
} from "./run-files.ts";

export type StartProcesses = {
  readonly home: Home;
  readonly repositoryRoot: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly port: number;
  readonly gatewayPort: number;
  readonly onStart: (name: string, identity: ProcessIdentity) => void;
  readonly onCrash: (name: string, detail: string, restartInMs: number) => void;
};

export type Processes = { readonly control: KeptProgram; readonly gateway: KeptProgram };

export function startProcesses(options: StartProcesses): Processes {
  const { home, repositoryRoot } = options;
  // Of an earlier start; the new processes write their own.
  for (const name of [fileNames.control, fileNames.gateway])
    rmSync(join(home.run, name), { force: true });
  const keep = (role: "control" | "gateway") =>
    keepRunning({
      name: role,
      script: join(repositoryRoot, "packages", "server", "src", "main.ts"),
      args: [role],
      cwd: repositoryRoot,
      env: {
        // As for the command line itself: less CPU at each start, and less memory (see main.ts).
        NODE_COMPILE_CACHE: join(repositoryRoot, "node_modules", ".cache", "causeway"),
        ...options.env,
        CAUSEWAY_HOME: home.root,
        CAUSEWAY_PORT: String(options.port),
        CAUSEWAY_GATEWAY_PORT: String(options.gatewayPort),
        ...(role === "gateway" ? { NODE_OPTIONS: smallHeap(options.env["NODE_OPTIONS"]) } : {}),
      },
      logFile: join(home.logs, `${role}.log`),
      errorFile: join(home.logs, `${role}.err.log`),
      onStart: (identity) => options.onStart(role, identity),
      onCrash: (detail, restartInMs) => options.onCrash(role, detail, restartInMs),
    });
  return { control: keep("control"), gateway: keep("gateway") };
}

/** A gateway's objects die young and are few: a nursery of 2 MB instead of 16 and one helper thread of V8 instead of four
 *  spare 40 MB of 165 after the same calls, in its first process (Node 26, 2026-11). */
function smallHeap(given: string | undefined): string {
  return [given, "--max-semi-space-size=2", "--v8-pool-size=1"].filter(Boolean).join(" ");
}

/** The first start unpacks and initialises the database; a slow disk may need its time. */
const startPatienceMs = 120_000;

export async function waitForControl(
  home: Home,
  program: KeptProgram,
  signal: AbortSignal,
): Promise<ControlFile> {
  const find = () => readControlFile(home);
  return waitForAnswer(program, { find, path: "/readyz", signal });
}

export async function waitForGateway(
  home: Home,
  program: KeptProgram,
  signal: AbortSignal,
): Promise<GatewayFile> {
  const find = () => readGatewayFile(home);
  return waitForAnswer(program, { find, path: "/healthz", signal });
}

type Answering = { readonly pid: number; readonly origin: string };
type WaitOptions<File extends Answering> = {
  readonly find: () => File | undefined;
  readonly path: string;
  readonly signal: AbortSignal;
};

/** Ready = its file names the living process and its address answers. */
async function waitForAnswer<File extends Answering>(
  program: KeptProgram,
  options: WaitOptions<File>,
): Promise<File> {
  const until = Date.now() + startPatienceMs;
  const waiting = async () => {
    while (Date.now() < until) {
      options.signal.throwIfAborted();
      const file = options.find();
      if (file && file.pid === program.pid() && (await answers(file.origin + options.path)))
        return file;
      await sleep(25, undefined, { signal: options.signal });
    }
    throw new UnavailableError({
      code: "start_timeout",
      message: `The ${program.name} process is not ready after ${startPatienceMs / 1_000} s`,
      fix: "Its log in the folder logs of the data folder says what it waits for.",
    });
  };
  return Promise.race([waiting(), program.endedTooEarly]);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
