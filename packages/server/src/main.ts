import { resolve } from "node:path";
import { PlatformError } from "@causeway/contract";
import { readConfig } from "./config.ts";
import { startControl } from "./start-control.ts";
import { startGateway } from "./start-gateway.ts";

/** `main.ts control` runs API, portal, ingress, worker and services; `main.ts gateway` the data plane alone. */
const roles = { control: startControl, gateway: startGateway } as const;

type Running = { close(): Promise<void> };

async function main(): Promise<void> {
  const role = process.argv[2];
  if (role !== "control" && role !== "gateway") {
    throw new Error(`Say which role to run: main.ts control | gateway (got ${role ?? "nothing"})`);
  }
  const config = readConfig(process.env, resolve(import.meta.dirname, "../../.."));
  const running = await roles[role](config);
  stopOnSignal(running);
}

/** The first signal stops in order, a second one at once. */
function stopOnSignal(running: Running): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    running.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
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
