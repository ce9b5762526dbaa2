import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "#platform/clock";
import type { Log } from "#platform/log";
import type { Deployment } from "../deployment.ts";
import { explainExit, type ExitReason } from "../exit-reason.ts";
import type { Manifest } from "../manifest.ts";
import { decideRestart, type Life, type RestartRules } from "../restart-policy.ts";
import type { Runner, WorkloadProcess } from "../runner/runner.ts";
import { captureOutput } from "./capture.ts";
import { findFreePort, isAnswering } from "./health.ts";
import type { ServiceLog } from "./log-file.ts";
import type { RunFiles } from "./run-files.ts";

export type WorkloadHealth =
  | "starting"
  | "healthy"
  | "unhealthy"
  | "restarting"
  | "stopped"
  | "failed";

export type WorkloadStatus = {
  readonly health: WorkloadHealth;
  readonly detail: string | null;
  readonly startedAt: string | null;
  readonly restarts: number;
  /** Where it listens, while it is healthy. */
  readonly port: number | undefined;
};

export type WorkloadDeps = {
  readonly runner: Runner;
  readonly runFiles: RunFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly restartRules?: RestartRules;
  /** A fresh secret of the key. */
  readonly issueSecret: (keyId: string, earlier: "replace" | "keep") => Promise<string>;
  /** Resolves when the gateway knows the newest secrets, or cannot be asked in time. */
  readonly awaitKeys: () => Promise<void>;
};

export type WorkloadSpec = {
  readonly deployment: Deployment;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly output: ServiceLog;
  /** Another process works with the same key until this one takes over. */
  readonly isBeside: boolean;
};

export const workloadTimes = {
  startMs: 20_000,
  probeMs: 5_000,
  failedProbes: 3,
  stopGraceMs: 5_000,
  drainMs: 10_000,
} as const;

/** One service that should run, through all its processes: started, watched, started again, until it is stopped or ends
 *  too often. */
export class Workload {
  readonly spec: WorkloadSpec;
  readonly #deps: WorkloadDeps;
  readonly #stopping = new AbortController();
  readonly #listeners = new Set<() => void>();
  #status: WorkloadStatus = {
    health: "starting",
    detail: null,
    startedAt: null,
    restarts: 0,
    port: undefined,
  };
  #process: WorkloadProcess | undefined;
  #lives: Life[] = [];
  #isRestartAsked = false;
  #isBeside: boolean;
  #held = 0;
  #running: Promise<void> | undefined;

  constructor(deps: WorkloadDeps, spec: WorkloadSpec) {
    this.#deps = deps;
    this.spec = spec;
    this.#isBeside = spec.isBeside;
  }

  get status(): WorkloadStatus {
    return this.#status;
  }

  start(): void {
    this.#running ??= this.#live();
  }

  /** Somebody waits for an answer of it; call what is returned when the answer has ended. */
  hold(): () => void {
    this.#held += 1;
    return () => {
      this.#held -= 1;
      this.#tell();
    };
  }

  /** Resolves when nobody waits for an answer any more, or when `signal` says that it has been long enough. */
  async drain(signal: AbortSignal): Promise<void> {
    while (this.#held > 0 && !signal.aborted) await this.#nextChange(signal);
  }

  /** It is the only one now: its next start ends all earlier secrets of the key. */
  takeOver(): void {
    this.#isBeside = false;
  }

  /** Resolves when its process is gone. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#process?.stop("stop", workloadTimes.stopGraceMs);
    await this.#running;
    this.#move({ health: "stopped", detail: null, port: undefined });
  }

  /** A new process with a new key; one that gave up tries again. */
  async restart(): Promise<void> {
    this.#lives = [];
    this.#isRestartAsked = true;
    if (this.#process) {
      this.#move({ health: "restarting", detail: "Restarted on request", port: undefined });
      await this.#process.stop("stop", workloadTimes.stopGraceMs);
      return;
    }
    if (this.#status.health !== "failed") return;
    await this.#running;
    this.#running = this.#live();
  }

  /** Resolves when it is healthy. Rejects with the reason when it has failed or ended `giveUpAfter` times. */
  async awaitHealthy(options: {
    readonly giveUpAfter: number;
    readonly signal: AbortSignal;
  }): Promise<void> {
    const restartsBefore = this.#status.restarts;
    for (;;) {
      const { health, restarts, detail } = this.#status;
      if (health === "healthy") return;
      const ends = restarts - restartsBefore;
      if (health === "failed" || health === "stopped" || ends >= options.giveUpAfter) {
        throw new Error(detail ?? `it is ${health}`);
      }
      if (options.signal.aborted) throw new Error(detail ?? "it did not answer /healthz in time");
      await this.#nextChange(options.signal);
    }
  }

  async #live(): Promise<void> {
    const { random, restartRules } = this.#deps;
    while (!this.#stopping.signal.aborted) {
      const reason = await this.#liveOnce();
      if (this.#stopping.signal.aborted) return;
      if (this.#isRestartAsked) {
        this.#isRestartAsked = false;
        this.#lives = [];
        continue;
      }
      const decision = decideRestart(this.#lives, random(), restartRules);
      if (decision.kind === "giveUp") {
        this.#say(`${reason.text}. Given up after ${decision.attempts} short lives in a row.`);
        this.#move({ health: "failed", detail: reason.text, port: undefined });
        return;
      }
      this.#say(`${reason.text}. Next start in ${decision.delayMs} ms.`);
      this.#move({
        health: "restarting",
        detail: reason.text,
        port: undefined,
        restarts: this.#status.restarts + 1,
      });
      await sleep(decision.delayMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
    }
  }

  async #liveOnce(): Promise<ExitReason> {
    const startedAtMs = this.#deps.clock.now().getTime();
    try {
      return await this.#runProcess();
    } catch (error) {
      // The platform's own part failed: no key, no port, no process. The same patience applies.
      this.#deps.log.warn(
        { err: error, service: this.spec.deployment.name },
        "service not started",
      );
      const text = error instanceof Error ? error.message : String(error);
      return { code: "exited", text: `It could not be started: ${text}` };
    } finally {
      this.#process = undefined;
      const endedAtMs = this.#deps.clock.now().getTime();
      // More are never needed to judge, see restart-policy.ts.
      this.#lives = [...this.#lives.slice(-20), { startedAtMs, endedAtMs }];
    }
  }

  async #runProcess(): Promise<ExitReason> {
    const { deployment, folder, manifest, output } = this.spec;
    const { runner, runFiles, clock } = this.#deps;
    const key = await this.#deps.issueSecret(deployment.keyId, this.#isBeside ? "keep" : "replace");
    const port = await findFreePort();
    const capture = captureOutput({
      output,
      secret: key,
      bytesPerMinute: manifest.limits.logBytesPerMinute,
      clock,
    });
    const service = deployment.name;
    const process = await runner.start({
      service,
      folder,
      manifest,
      port,
      key,
      onSpawned: (identity) =>
        runFiles.note({ ...identity, service, commit: deployment.commit, port, folder }),
      onOutput: capture.take,
    });
    this.#process = process;
    const ended = new AbortController();
    try {
      if (this.#stopping.signal.aborted) await process.stop("stop", 0);
      this.#move({ startedAt: clock.now().toISOString() });
      void this.#probe(process, port, ended.signal);
      const exit = await process.exited;
      this.#move({ health: "restarting", port: undefined });
      capture.close();
      return explainExit(exit, capture.lastLines(), manifest.limits.memoryMiB);
    } finally {
      ended.abort();
      await runFiles.remove({ service, pid: process.identity.pid });
    }
  }

  /** Asks `/healthz` until the process ends: often until the first yes, then now and then. */
  async #probe(process: WorkloadProcess, port: number, ended: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const keys = this.#deps.awaitKeys();
    let failures = 0;
    while (!ended.aborted) {
      const isHealthy = await isAnswering(port, ended);
      if (ended.aborted) return;
      if (isHealthy) {
        failures = 0;
        if (this.#status.health !== "healthy") {
          await keys;
          // oxlint-disable-next-line typescript/no-unnecessary-condition -- it may have ended while we waited
          if (ended.aborted) return;
          this.#say(`Healthy on port ${port}`);
          this.#move({ health: "healthy", detail: null, port });
        }
      } else if (this.#status.health === "healthy" || this.#status.health === "unhealthy") {
        failures += 1;
        this.#move({ health: "unhealthy", detail: "It does not answer /healthz" });
        if (failures >= workloadTimes.failedProbes) return process.stop("health", 1_000);
      } else if (performance.now() - startedAt > workloadTimes.startMs) {
        return process.stop("health", 1_000);
      }
      const isUp = this.#status.health === "healthy";
      await sleep(isUp ? workloadTimes.probeMs : 25, undefined, {
        signal: ended,
        ref: false,
      }).catch(() => {});
    }
  }

  #say(text: string): void {
    this.spec.output.write("platform", text);
  }

  #move(next: Partial<WorkloadStatus>): void {
    this.#status = { ...this.#status, ...next };
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#listeners.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#listeners.add(done);
      signal.addEventListener("abort", done);
    });
  }
}
