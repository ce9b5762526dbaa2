import { join } from "node:path";
import { NotFoundError } from "@causeway/contract";
import { isSameWorkload, type Deployment } from "../deployment.ts";
import { openServiceLog, type ServiceLog } from "./log-file.ts";
import { Workload, workloadTimes, type WorkloadDeps } from "./workload.ts";

export type SupervisorDeps = WorkloadDeps & {
  readonly logDirectory: string;
  readonly listDesired: () => Promise<readonly Deployment[]>;
  /** The read-only copy of a deployment, made if it is missing. */
  readonly prepareCopy: (deployment: Deployment, signal: AbortSignal) => Promise<string>;
};

/** Keeps what should run running. */
export class Supervisor {
  readonly #deps: SupervisorDeps;
  readonly #running = new Map<string, Workload>();
  readonly #tried = new Set<Workload>();
  readonly #logs = new Map<string, Promise<ServiceLog>>();
  readonly #stopping = new AbortController();

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
  }

  /** Ends what an earlier platform left, then starts everything that should run. Does not wait for health. */
  async start(): Promise<void> {
    await this.#deps.runFiles.endOrphans();
    const desired = await this.#deps.listDesired();
    await Promise.all(desired.map((deployment) => this.#startDesired(deployment)));
  }

  /** Resolves when no process is left. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const workloads = [...this.#running.values(), ...this.#tried];
    await Promise.all(workloads.map((workload) => workload.stop()));
    await Promise.all([...this.#logs.values()].map(async (log) => (await log).flush()));
  }

  /** Brings a deployment up beside the one that runs. Nobody else sees it until `adopt`. */
  async tryOut(deployment: Deployment, signal: AbortSignal): Promise<Workload> {
    const workload = await this.#build(
      deployment,
      AbortSignal.any([signal, this.#stopping.signal]),
    );
    this.#tried.add(workload);
    workload.start();
    return workload;
  }

  /** Takes a tried deployment in; the one before it ends. */
  async adopt(workload: Workload): Promise<void> {
    const { name } = workload.spec.deployment;
    const before = this.#running.get(name);
    this.#running.set(name, workload);
    this.#tried.delete(workload);
    workload.takeOver();
    // New requests go to the new one; the old one answers those that it has.
    await before?.drain(AbortSignal.timeout(workloadTimes.drainMs));
    await before?.stop();
  }

  /** The tried one was no good: ends it. */
  async discard(workload: Workload): Promise<void> {
    await workload.stop();
    this.#tried.delete(workload);
  }

  async remove(name: string): Promise<void> {
    const workload = this.#running.get(name);
    this.#running.delete(name);
    await workload?.stop();
  }

  async restart(name: string): Promise<void> {
    const workload = this.#running.get(name);
    if (workload) return workload.restart();
    // It could not even be prepared at the start: try that again.
    const desired = (await this.#deps.listDesired()).find((one) => one.name === name);
    if (!desired) throw serviceNotFound(name);
    await this.#startDesired(desired);
  }

  find(name: string): Workload | undefined {
    return this.#running.get(name);
  }

  logOf(name: string): Promise<ServiceLog> {
    const { clock, log, logDirectory } = this.#deps;
    const path = join(logDirectory, `${name}.log`);
    const open = this.#logs.get(name) ?? openServiceLog({ path, clock, log });
    this.#logs.set(name, open);
    return open;
  }

  async #build(deployment: Deployment, signal: AbortSignal): Promise<Workload> {
    const folder = await this.#deps.prepareCopy(deployment, signal);
    const manifest = await this.#deps.runner.inspect(folder, signal);
    const output = await this.logOf(deployment.name);
    const current = this.#running.get(deployment.name)?.spec.deployment;
    const isBeside = current?.keyId === deployment.keyId;
    return new Workload(this.#deps, { deployment, folder, manifest, output, isBeside });
  }

  async #startDesired(deployment: Deployment): Promise<void> {
    try {
      const workload = await this.#build(deployment, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      this.#running.set(deployment.name, workload);
      workload.start();
    } catch (error) {
      // One service that cannot start keeps none of the others down.
      this.#deps.log.error({ err: error, service: deployment.name }, "service not started");
      const text = error instanceof Error ? error.message : String(error);
      (await this.logOf(deployment.name)).write("platform", `Not started: ${text}`);
    }
  }
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
