import { resolve } from "node:path";
import { PlatformError } from "@causeway/contract";
import { readConfig } from "./config.ts";

/** `main.ts control` runs API, portal, ingress, worker and services; `main.ts gateway` the data plane alone. Each loads only
 *  its own code: the gateway has no use for a database driver in its memory. */
const roles = {
  control: async () => (await import("./start-control.ts")).startControl,
  gateway: async () => (await import("./start-gateway.ts")).startGateway,
} as const;

type Running = { close(): Promise<void> };

async function main(): Promise<void> {
  const role = process.argv[2];
  if (role !== "control" && role !== "gateway") {
    throw new Error(`Say which role to run: main.ts control | gateway (got ${role ?? "nothing"})`);
  }
  const config = readConfig(process.env, resolve(import.meta.dirname, "../../.."));
  const stop = stopSignal();
  let running: Running;
  try {
    const start = await roles[role]();
    running = await start(config, stop);
  } catch (error) {
    // Called off while it started: what had started was stopped again.
    if (stop.aborted) process.exit(0);
    throw error;
  }
  const close = () => void running.close().then(() => process.exit(0), fail);
  if (stop.aborted) close();
  else stop.addEventListener("abort", close);
}

/** The first signal stops in order, also in the middle of a start; one that comes later ends it at once. A terminal and
 *  a parent that forwards both tell us: within a second that is the same signal. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const stop = (): void => {
    if (!controller.signal.aborted) firstAt = performance.now();
    else if (performance.now() - firstAt > 1000) process.exit(1);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}

/** Refusals are for people: what, why, way out. Anything else is a bug and shows its stack. */
function fail(error: unknown): void {
  const text =
    error instanceof PlatformError
      ? [error.message, error.fix].filter(Boolean).join("\n")
      : error instanceof Error
        ? error.stack
        : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

main().catch(fail);
