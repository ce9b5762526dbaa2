import { join } from "node:path";
import type { AnyAction } from "@causeway/contract";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db/database";
import type { Home } from "#platform/home";
import type { Log } from "#platform/log";
import type { Routes } from "../../http/app.ts";
import { checkOut, removeHalfCopies } from "./actions/checkout.ts";
import { serviceDeploy } from "./actions/service-deploy.ts";
import { createServiceClient } from "./ingress/client.ts";
import { ingressRoutes } from "./ingress/routes.ts";
import type { DeliveryPorts } from "./ports.ts";
import type { RestartRules } from "./restart-policy.ts";
import { serviceRoutes } from "./routes.ts";
import { createDenoRunner } from "./runner/deno.ts";
import { findDeno } from "./runner/find-deno.ts";
import { findDeployment, listDeployments } from "./store.ts";
import { createRunFiles } from "./supervisor/run-files.ts";
import { Supervisor } from "./supervisor/supervisor.ts";

export type { DeliveryPorts } from "./ports.ts";

export type DeliveryDeps = DeliveryPorts & {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly home: Pick<Home, "repositories" | "services" | "logs" | "run">;
  /** Asked at each start of a service, when the ports are known. */
  readonly gatewayOrigin: () => string;
  readonly controlOrigin: () => string;
  readonly restartRules?: RestartRules;
};

export type Delivery = {
  readonly actions: readonly AnyAction[];
  readonly routes: Routes;
  readonly supervisor: Pick<Supervisor, "start" | "stop" | "find" | "restart" | "logOf">;
};

export function createDelivery(deps: DeliveryDeps): Delivery {
  const { db, clock, log, home } = deps;
  const runner = createDenoRunner({
    deno: findDeno(),
    caches: join(home.services, ".deno"),
    gatewayPort: () => portOf(deps.gatewayOrigin()),
    controlPort: () => portOf(deps.controlOrigin()),
  });
  const copies = { repositories: home.repositories, services: home.services };
  const supervisor = new Supervisor({
    runner,
    runFiles: createRunFiles({ directory: home.run.services, runner, log }),
    clock,
    log,
    random: Math.random,
    ...(deps.restartRules === undefined ? {} : { restartRules: deps.restartRules }),
    ...keysOf(deps),
    logDirectory: join(home.logs, "services"),
    listDesired: () => listDeployments(db),
    prepareCopy: (deployment, signal) => checkOut(copies, deployment, signal),
  });
  const client = createServiceClient();
  const findDesired = async (name: string) => (await findDeployment(db, name))?.deployment;
  const { authenticate } = deps;
  return {
    actions: [serviceDeploy({ ...copies, db, supervisor, controlOrigin: deps.controlOrigin })],
    routes: async (app) => {
      await app.register(serviceRoutes({ db, clock, supervisor }));
      // A scope of its own: it takes bodies apart in no way.
      await app.register(ingressRoutes({ supervisor, client, findDesired, authenticate }));
    },
    supervisor: {
      start: async () => {
        await removeHalfCopies(copies);
        await supervisor.start();
      },
      stop: async () => {
        await supervisor.stop();
        await client.close();
      },
      find: (name) => supervisor.find(name),
      restart: (name) => supervisor.restart(name),
      logOf: (name) => supervisor.logOf(name),
    },
  };
}

/** The platform itself renews a service's key, in nobody's name. */
const actor = "component:default/causeway";

function keysOf({ issueSecret, awaitApplied, log }: DeliveryDeps) {
  return {
    issueSecret: async (keyId: string, earlier: "replace" | "keep") =>
      (await issueSecret({ keyId, actor, replaceEarlier: earlier === "replace" })).secret,
    awaitKeys: async () => {
      try {
        await awaitApplied();
      } catch (error) {
        // The gateway is down or slow. The service can be up without it and says so itself when asked.
        log.warn({ error: String(error) }, "the gateway does not know a service's new key yet");
      }
    },
  };
}

function portOf(origin: string): number {
  return Number(new URL(origin).port || 80);
}
