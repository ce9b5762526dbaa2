import { join } from "node:path";
import { NotFoundError } from "@causeway/contract";
import { isSameWorkload, type Deployment } from "../deployment.ts";
import { openServiceLog, type ServiceLog } from "./log-file.ts";
import { Workload, type WorkloadDeps } from "./workload.ts";

export type SupervisorDeps = WorkloadDeps & {
  readonly logDirectory: string;
  readonly listDesired: () => Promise<readonly Deployment[]>;
  /** The read-only copy of a deployment, made if it is missing. */
  readonly prepareCopy: (deployment: Deployment, signal: AbortSignal) => Promise<string>;
};

/** Keeps what should run running. */
export type Supervisor = {
  /** Ends what an earlier platform left, then starts everything that should run. Does not wait for health. */
  start(): Promise<void>;
  /** Resolves when no process is left. */
  stop(): Promise<void>;
  /** Brings a deployment up beside the one that runs. Nothing else sees it until `adopt`. */
  tryOut(deployment: Deployment, signal: AbortSignal): Promise<Workload>;
  /** Takes a tried deployment in; the one before it ends. */
  adopt(workload: Workload): Promise<void>;
  /** The tried one was no good: ends it; the one that runs gets a fresh key when they shared one. */
  discard(workload: Workload): Promise<void>;
  remove(name: string): Promise<void>;
  restart(name: string): Promise<void>;
  find(name: string): Workload | undefined;
  logOf(name: string): Promise<ServiceLog>;
};

export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const running = new Map<string, Workload>();
  const tried = new Set<Workload>();
  const logs = new Map<string, Promise<ServiceLog>>();
  const stopping = new AbortController();

  const logOf = (name: string): Promise<ServiceLog> => {
    const { clock, log, logDirectory } = deps;
    const open = logs.get(name) ?? openServiceLog({ path: join(logDirectory, `${name}.log`), clock, log });
    logs.set(name, open);
    return open;
  };

  const build = async (deployment: Deployment, signal: AbortSignal): Promise<Workload> => {
    const folder = await deps.prepareCopy(deployment, signal);
    const manifest = await deps.runner.inspect(folder, signal);
    const output = await logOf(deployment.name);
    return new Workload(deps, { deployment, folder, manifest, output });
  };

  const startDesired = async (deployment: Deployment): Promise<void> => {
    try {
      const workload = await build(deployment, stopping.signal);
      if (stopping.signal.aborted) return;
      running.set(deployment.name, workload);
      workload.start();
    } catch (error) {
      // One service that cannot start keeps none of the others down.
      deps.log.error({ err: error, service: deployment.name }, "service not started");
      const text = error instanceof Error ? error.message : String(error);
      (await logOf(deployment.name)).write("platform", `Not started: ${text}`);
    }
  };

  return {
    start: async () => {
      await deps.runFiles.endOrphans();
      await Promise.all((await deps.listDesired()).map(startDesired));
    },
    stop: async () => {
      stopping.abort();
      await Promise.all([...running.values(), ...tried].map((workload) => workload.stop()));
      await Promise.all([...logs.values()].map(async (log) => (await log).flush()));
    },
    tryOut: async (deployment, signal) => {
      const workload = await build(deployment, AbortSignal.any([signal, stopping.signal]));
      tried.add(workload);
      workload.start();
      return workload;
    },
    adopt: async (workload) => {
      const { name } = workload.spec.deployment;
      const before = running.get(name);
      running.set(name, workload);
      tried.delete(workload);
      await before?.stop();
    },
    discard: async (workload) => {
      await workload.stop();
      tried.delete(workload);
      const { name, keyId } = workload.spec.deployment;
      const current = running.get(name);
      if (current?.spec.deployment.keyId === keyId) await current.restart();
    },
    remove: async (name) => {
      const workload = running.get(name);
      running.delete(name);
      await workload?.stop();
    },
    restart: async (name) => {
      const workload = running.get(name);
      if (workload) return workload.restart();
      // It could not even be prepared at the start: try that again.
      const desired = (await deps.listDesired()).find((deployment) => deployment.name === name);
      if (!desired) throw serviceNotFound(name);
      await startDesired(desired);
    },
    find: (name) => running.get(name),
    logOf,
  };
}

export function isRunning(supervisor: Supervisor, deployment: Deployment): boolean {
  const current = supervisor.find(deployment.name);
  return current !== undefined && isSameWorkload(current.spec.deployment, deployment);
}

export function serviceNotFound(name: string): NotFoundError {
  return new NotFoundError({
    code: "service_not_found",
    message: `There is no service "${name}"`,
    fix: "GET /api/services lists the services of this platform.",
  });
}
