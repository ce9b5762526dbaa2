import { UnavailableError } from "@causeway/contract";
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { prepareHome, type Home } from "./home.ts";
import type { Emit, UpEvent } from "./up-event.ts";

export type DetachOptions = {
  readonly home: Home;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
};

/** The hidden option under which `up` runs in the background and tells its events to the terminal that waits. */
export const supervisedFlag = "--supervised";

// Our own process on the other end of the channel; the kind is all that decides here.
const channelMessage = z.looseObject({ kind: z.string() });

/** Starts the supervisor in the background, shows its start here, and returns once it is ready or has failed. */
export async function startDetached(options: DetachOptions): Promise<"ready" | "failed"> {
  const { home, emit, signal } = options;
  prepareHome(home);
  const logFile = join(home.logs, "up.log");
  const log = openSync(logFile, "a", 0o600);
  const logStart = statSync(logFile).size;
  const main = join(import.meta.dirname, "..", "main.ts");
  const child = spawn(process.execPath, [main, "up", ...options.words, supervisedFlag], {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["ignore", log, log, "ipc"],
  });
  closeSync(log);
  const stop = () => void child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  const end = await waitForEnd(child, emit);
  signal.removeEventListener("abort", stop);
  if (end === "ready") {
    child.disconnect();
    child.unref();
    return "ready";
  }
  if (end === "silent") throw diedSilently(logFile, logStart);
  return "failed";
}

type End = "ready" | "failed" | "silent";

async function waitForEnd(child: ChildProcess, emit: Emit): Promise<End> {
  return new Promise((resolve) => {
    let hasFailed = false;
    child.on("message", (message) => {
      const event = channelMessage.parse(message) as UpEvent; // sent by our own supervisor
      emit(event);
      hasFailed ||= event.kind === "failed";
      if (event.kind === "ready") resolve("ready");
    });
    // `close` comes after the last message, `exit` may come before it.
    child.once("close", () => resolve(hasFailed ? "failed" : "silent"));
    child.once("error", () => resolve("silent"));
  });
}

const linesShown = 20;

function diedSilently(logFile: string, logStart: number): UnavailableError {
  const said = readFileSync(logFile).subarray(logStart).toString("utf8").trim().split("\n");
  return new UnavailableError({
    code: "start_failed",
    message: `The start ended without a word; the last lines of its log:\n${said.slice(-linesShown).join("\n")}`,
    fix: `The whole log: ${logFile}`,
  });
}
