import { PlatformError, UnavailableError } from "@causeway/contract";
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { identifyProcess, type ProcessIdentity } from "./processes.ts";

export type ProgramOptions = {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Standard output goes here; standard error beside it as `<name>.err.log`. */
  readonly logFile: string;
  readonly errorFile: string;
  readonly onStart: (identity: ProcessIdentity) => void;
  readonly onCrash: (detail: string, restartInMs: number) => void;
};

export type KeptProgram = {
  readonly name: string;
  readonly pid: () => number | undefined;
  /** Rejects when it ends before `settle` was called: a program that cannot start will not start by trying again. */
  readonly endedTooEarly: Promise<never>;
  /** From now on a crash leads to a restart. */
  readonly settle: () => void;
  /** Asks it to stop, insists after the patience, and waits until it is gone. */
  readonly stop: (patienceMs: number) => Promise<void>;
};

const shortestPauseMs = 500;
const longestPauseMs = 30_000;
/** A program that ran this long has earned a quick restart. */
const steadyMs = 60_000;

/** A child that is started again, later and later, when it crashes. It gets a session of its own: Ctrl-C in the terminal
 *  reaches us, and we stop it in order. */
export function keepRunning(options: ProgramOptions): KeptProgram {
  let child: ChildProcess | undefined;
  let phase: "starting" | "settled" | "stopping" = "starting";
  let pauseMs = shortestPauseMs;
  const stopped = new AbortController();
  const early = Promise.withResolvers<never>();
  // Nobody may be waiting any more when it rejects.
  early.promise.catch(() => {});

  async function onEnd(began: number, how: string, errorStart: number): Promise<void> {
    child = undefined;
    if (phase === "stopping") return;
    if (phase === "starting") {
      early.reject(startFailure(options, how, errorStart));
      return;
    }
    pauseMs =
      Date.now() - began > steadyMs ? shortestPauseMs : Math.min(pauseMs * 2, longestPauseMs);
    options.onCrash(how, pauseMs);
    await sleep(pauseMs, undefined, { signal: stopped.signal }).catch(() => {});
    if (!stopped.signal.aborted) start();
  }

  function start(): void {
    const began = Date.now();
    const errorStart = sizeOf(options.errorFile);
    child = launch(options);
    child.once("error", (error) => void onEnd(began, error.message, errorStart));
    child.once("exit", (code, signal) => {
      void onEnd(began, signal ? `ended by ${signal}` : `ended with code ${code}`, errorStart);
    });
    const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
    if (identity) options.onStart(identity);
  }

  start();
  return {
    name: options.name,
    pid: () => child?.pid,
    endedTooEarly: early.promise,
    settle: () => {
      if (phase === "starting") phase = "settled";
    },
    stop: async (patienceMs) => {
      phase = "stopping";
      stopped.abort();
      if (child) await endChild(child, patienceMs);
    },
  };
}

function launch(options: ProgramOptions): ChildProcess {
  rotate(options.logFile);
  const out = openSync(options.logFile, "a", 0o600);
  const errors = openSync(options.errorFile, "a", 0o600);
  try {
    // Files, not pipes: the program must survive us when we are killed.
    return spawn(process.execPath, [options.script, ...options.args], {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ["ignore", out, errors],
    });
  } finally {
    closeSync(out);
    closeSync(errors);
  }
}

async function endChild(child: ChildProcess, patienceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  child.kill("SIGTERM");
  const insist = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  await gone;
  clearTimeout(insist);
}

/** What the program itself said on standard error, whole; it knows best. */
function startFailure(options: ProgramOptions, how: string, errorStart: number): PlatformError {
  const said = existsSync(options.errorFile)
    ? readFileSync(options.errorFile).subarray(errorStart).toString("utf8").trim()
    : "";
  return new UnavailableError({
    code: "start_failed",
    message: `The ${options.name} process ${how} while it started${said === "" ? "" : `:\n${said}`}`,
    fix: `Its log: ${options.logFile}`,
  });
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

const longestLog = 20_000_000;

function rotate(file: string): void {
  if (sizeOf(file) > longestLog) renameSync(file, `${file}.1`);
}
