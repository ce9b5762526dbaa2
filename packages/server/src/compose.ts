import { join } from "node:path";
import type { Config } from "./config.ts";
import { createApp, type App, type Routes } from "./http/app.ts";
import { installAuthentication } from "./http/authenticate.ts";
import { healthRoutes } from "./http/health.ts";
import { registerOpenApi } from "./http/openapi.ts";
import { portalRoutes } from "./http/portal.ts";
import { systemClock } from "#platform/clock";
import { crashPointFrom } from "#platform/crash-points";
import { crashActions } from "#platform/crash-actions";
import type { Db } from "#platform/db/database";
import type { Home } from "#platform/home";
import type { Log } from "#platform/log";
import type { Notifier } from "#platform/notify";
import type { Queue } from "#platform/queue";
import { createAudit } from "#modules/audit";
import { createCatalog, type ReadSource } from "#modules/catalog";
import { createDelivery } from "#modules/delivery";
import { createGateway } from "#modules/gateway";
import { createGoldenPathActions, createGoldenPaths } from "#modules/golden-paths";
import { createIdentity } from "#modules/identity";
import { createPrompts } from "#modules/prompts";
import { createProvisioning } from "#modules/provisioning";
import { createRuns, expressionFilters } from "#modules/runs";

export type ComposeDeps = {
  readonly config: Config;
  readonly home: Home;
  readonly log: Log;
  readonly db: Db;
  readonly notifier: Notifier;
  readonly queue: Queue;
  /** Shared with the data plane. */
  readonly internalToken: string;
};
