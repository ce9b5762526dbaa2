import { rm } from "node:fs/promises";
import { ConflictError } from "@causeway/contract";
import type { Config } from "./config.ts";
import { startGateway as startDataplane } from "./modules/gateway/dataplane/index.ts";
import { systemClock } from "#platform/clock";
import { crashActions } from "#platform/crash-actions";
import { crashPointFrom } from "#platform/crash-points";
import { codeOf, writeFileAtomically } from "#platform/files";
import { createHome, readOrCreateSecretFile } from "#platform/home";
import { createLog } from "#platform/log";

/** Role gateway: no database, no catalog; what it needs arrives as a snapshot. */
export async function startGateway(config: Config): Promise<{ close(): Promise<void> }> {
  const log = createLog({ name: "gateway", level: config.logLevel });
  const home = await createHome(config.home);
  const { port, deadlineMs } = config.gateway;
  const running = await startDataplane({
    home,
    host: "127.0.0.1",
    port,
    controlOrigin: config.control.origin,
    internalToken: await readOrCreateSecretFile(home, "gateway-token"),
    readCredential: config.readCredential,
    deadlineMs,
    clock: systemClock,
    log,
    crashPoint: crashPointFrom(config.crashAt, crashActions),
  }).catch((error: unknown) => {
    throw codeOf(error) === "EADDRINUSE" ? portInUse(port, error) : error;
  });
  await writeFileAtomically(
    home.run.gateway,
    `${JSON.stringify({ pid: process.pid, origin: running.origin }, null, 2)}\n`,
    0o600,
  );
  return {
    close: async () => {
      await rm(home.run.gateway, { force: true });
      await running.close();
    },
  };
}

function portInUse(port: number, cause: unknown): ConflictError {
  return new ConflictError({
    code: "port_in_use",
    message: `Port ${port} on 127.0.0.1 is in use by another program`,
    fix: "Stop that program, or choose another port: npm run up -- --gateway-port 7501",
    cause,
  });
}
