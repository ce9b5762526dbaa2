import { join } from "node:path";
import type { Config } from "./config.ts";
import { createApp, type App } from "./http/app.ts";
import { installAuthentication } from "./http/authenticate.ts";
import { healthRoutes } from "./http/health.ts";
import { registerOpenApi } from "./http/openapi.ts";
import { portalRoutes } from "./http/portal.ts";
import { systemClock } from "#platform/clock";
import { crashActions } from "#platform/crash-actions";
import { crashPointFrom } from "#platform/crash-points";
import type { Db } from "#platform/db/database";
import type { Home } from "#platform/home";
import type { Log } from "#platform/log";
import type { Notifier } from "#platform/notify";
import type { Queue } from "#platform/queue";
import { createAudit } from "#modules/audit";
import { createCatalog } from "#modules/catalog";
import { createDelivery } from "#modules/delivery";
import { createGateway } from "#modules/gateway";
import { createGoldenPathActions, createGoldenPaths } from "#modules/golden-paths";
import { createIdentity, type IdentityModule } from "#modules/identity";
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

export type Platform = {
  readonly app: App;
  /** Takes runs and brings services up. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** A sign-in link and a token for the administrator of this machine; earlier tokens of that name end. */
  openAccess(origin: string): Promise<{ readonly signIn: string; readonly token: string }>;
};

/** The only place that builds modules. What one module asks of another is handed in here. */
export async function compose(deps: ComposeDeps): Promise<Platform> {
  const modules = createModules(deps);
  const app = createApp(deps.log);
  installAuthentication(app, {
    authenticate: modules.identity.authenticateRequest,
    internalToken: deps.internalToken,
  });
  await registerOpenApi(app);
  for (const routes of modules.routes) await app.register(routes);
  await app.register(healthRoutes(deps.db));
  await portalRoutes(join(deps.config.repositoryRoot, "packages/portal/dist"))(app);
  return {
    app,
    start: modules.start,
    stop: modules.stop,
    openAccess: (origin) => openAccess(modules.identity, deps.config, origin),
  };
}

function createModules(deps: ComposeDeps) {
  const bases = createBases(deps);
  const services = createServices(deps, bases);
  const { identity, catalog, pathActions } = bases;
  const { prompts, gateway, provisioning, delivery } = services;
  const bringingActions = [catalog, pathActions, prompts, gateway, provisioning, delivery];
  const runs = createRuns({
    ...commonOf(deps),
    queue: deps.queue,
    workspaces: deps.home.workspaces,
    crashPoint: crashPointFrom(deps.config.crashAt, crashActions),
    actions: bringingActions.flatMap((module) => module.actions),
  });
  const goldenPaths = createGoldenPaths({ log: deps.log, catalog, runs });
  const audit = createAudit(deps);
  const bringingRoutes = [audit, identity, catalog, runs, goldenPaths, ...Object.values(services)];
  return {
    identity,
    routes: bringingRoutes.map((module) => module.routes),
    start: async () => {
      await delivery.supervisor.start();
      await runs.worker.start();
    },
    stop: async () => {
      await runs.worker.stop();
      runs.close();
      await delivery.supervisor.stop();
      await gateway.close();
    },
  };
}

/** Who may, and what is there. */
function createBases(deps: ComposeDeps) {
  const { config, home } = deps;
  const pathActions = createGoldenPathActions({
    templatesRoot: join(config.repositoryRoot, "golden-paths"),
    repositories: home.repositories,
    clock: systemClock,
    filters: expressionFilters,
  });
  const catalog = createCatalog({ ...commonOf(deps), readSource: pathActions.readSource });
  const identity = createIdentity({ ...commonOf(deps), config, directory: catalog.directory });
  return { pathActions, catalog, identity };
}

/** Modules of the last row: they know the bases and, by narrow questions, the gateway. */
function createServices(deps: ComposeDeps, { catalog, identity }: ReturnType<typeof createBases>) {
  const { config, db, home, internalToken } = deps;
  const common = commonOf(deps);
  const gatewayOrigin = () => config.gateway.origin;
  const prompts = createPrompts({ ...common, catalog });
  const gateway = createGateway({ ...common, catalog, prompts, internalToken, gatewayOrigin });
  const provisioning = createProvisioning({
    db,
    catalog,
    embedding: gateway,
    base: config.repositoryRoot,
  });
  const delivery = createDelivery({
    ...common,
    home,
    gatewayOrigin,
    controlOrigin: () => config.control.origin,
    issueSecret: (command) => gateway.issueSecret(command),
    awaitApplied: () => gateway.awaitApplied(),
    authenticate: (request) => identity.authenticate(request),
  });
  return { prompts, gateway, provisioning, delivery };
}

function commonOf({ db, notifier, log }: ComposeDeps) {
  return { db, notifier, log, clock: systemClock };
}

async function openAccess(
  identity: IdentityModule,
  config: Config,
  origin: string,
): Promise<{ readonly signIn: string; readonly token: string }> {
  const tokenName = "local";
  await identity.revokeTokens(config.admin.user, tokenName);
  const token = await identity.issueToken(config.admin.user, tokenName);
  const link = await identity.createSignInLink(config.admin.user);
  return { signIn: `${origin}${link.path}`, token };
}
