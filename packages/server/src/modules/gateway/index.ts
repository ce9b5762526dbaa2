import type { AnyAction } from "@causeway/contract";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db/database";
import type { Log } from "#platform/log";
import type { Notifier } from "#platform/notify";
import type { Routes } from "../../http/app.ts";
import { createKeyAction } from "./actions.ts";
import { embedTexts, type EmbedCommand, type Embedded } from "./client.ts";
import { createConnectedGateways } from "./connection-service.ts";
import type { CatalogPort, PromptsPort } from "./ports.ts";
import { gatewayRoutes } from "./routes.ts";
import { findKeyOf, issueSecret, type IssueSecret } from "./service.ts";
import { createSnapshotService } from "./snapshot-service.ts";

export type { Embedded, EmbedCommand } from "./client.ts";
export type { CatalogPort, PromptsPort } from "./ports.ts";

export type GatewayDeps = {
  readonly db: Db;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly log: Log;
  readonly catalog: CatalogPort;
  readonly prompts: PromptsPort;
  readonly internalToken: string;
  /** Where a data plane answers, without `/v1`. */
  readonly gatewayOrigin: () => string;
};

export type Gateway = {
  readonly actions: readonly AnyAction[];
  readonly routes: Routes;
  issueSecret(
    command: IssueSecret,
  ): Promise<{ keyId: string; secret: string; expiresAt: string | null }>;
  /** The newest live key of a principal. */
  findKeyOf(principalRef: string): Promise<string | undefined>;
  /** Resolves when every connected data plane works with what is committed now; UnavailableError after 20 seconds. */
  awaitApplied(): Promise<void>;
  embed(command: EmbedCommand): Promise<Embedded>;
  close(): Promise<void>;
};

export function createGateway(deps: GatewayDeps): Gateway {
  const snapshots = createSnapshotService(deps);
  const gateways = createConnectedGateways(deps.clock);
  return {
    actions: [createKeyAction(deps)],
    routes: gatewayRoutes({ ...deps, snapshots, gateways, longPollMs: 25_000 }),
    issueSecret: (command) => issueSecret(deps, command),
    findKeyOf: (principal) => findKeyOf(deps, principal),
    awaitApplied: async () => {
      const { version } = await snapshots.refresh();
      await gateways.awaitApplied(version, 20_000);
    },
    embed: (command) => embedTexts(deps, command),
    close: () => snapshots.close(),
  };
}
