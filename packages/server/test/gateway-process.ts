import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Home } from "#platform/home";
import { internalToken } from "./gateway.ts";

const main = resolve(import.meta.dirname, "../src/main.ts");

export type GatewayProcess = {
  readonly child: ChildProcess;
  readonly origin: string;
  /** Everything that it has said. */
  readonly log: () => string;
  /** kill -9, as a crash does. */
  kill(): Promise<void>;
};

/** `main.ts gateway` in a process of its own; resolves when it has settings to serve with. */
export async function startGatewayProcess(options: {
  readonly home: Home;
  /** Of the control plane. */
  readonly controlPort: number;
  /** Any free one otherwise. */
  readonly port?: number;
  /** As `CAUSEWAY_CRASH_AT`. */
  readonly crashAt?: string;
}): Promise<GatewayProcess> {
  const { home, controlPort, port = await findFreePort(), crashAt } = options;
  await writeFile(join(home.secrets, "gateway-token"), internalToken, { mode: 0o600 });
  const child = spawn(process.execPath, [main, "gateway"], {
    env: {
      CAUSEWAY_HOME: home.root,
      CAUSEWAY_PORT: String(controlPort),
      CAUSEWAY_GATEWAY_PORT: String(port),
      TEST_PROVIDER_KEY: "provider-secret-1",
      ...(crashAt === undefined ? {} : { CAUSEWAY_CRASH_AT: crashAt }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stdout.on("data", (piece: Buffer) => (log += piece.toString()));
  child.stderr.on("data", (piece: Buffer) => (log += piece.toString()));
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the gateway ended: ${log}`);
    const text = await readFile(home.run.gateway, "utf8").catch(() => "{}");
    const written = JSON.parse(text) as { pid?: number; origin?: string }; // the gateway wrote it
    if (written.pid === child.pid && written.origin) {
      const health = await fetch(`${written.origin}/healthz`);
      const { ready } = (await health.json()) as { ready: boolean };
      if (ready) {
        return { child, origin: written.origin, log: () => log, kill: () => kill(child) };
      }
    }
    await sleep(20);
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  child.kill("SIGKILL");
  await untilEnded(child);
}

export async function untilEnded(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) await once(child, "exit");
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}
