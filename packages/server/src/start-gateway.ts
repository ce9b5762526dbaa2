import type { Config } from "./config.ts";

/** Role gateway: no database, no catalog; what it needs arrives as a snapshot. */
export async function startGateway(config: Config): Promise<{ close(): Promise<void> }> {
  throw new Error(`not yet ${config.home}`);
}
