import { ConflictError, type ReadyFile } from "@causeway/contract";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "../client/client.ts";
import { applyExample } from "./apply-example.ts";
import { readExample } from "./example.ts";
import { doFirstJob } from "./first-job.ts";
import { prepareHome, type Home } from "./home.ts";
import { writeJsonFile } from "./json-file.ts";
import { claimPort } from "./ports.ts";
import { buildPortal } from "./portal-build.ts";
import { identifyProcess, type ProcessIdentity } from "./processes.ts";
import { fileNames, type ControlFile, type GatewayFile } from "./run-files.ts";
import {
  startProcesses,
  waitForControl,
  waitForGateway,
  type Processes,
} from "./start-processes.ts";
import { findProcesses, findSupervisor, stopPlatform } from "./stop-platform.ts";
import { emitStep, type Emit } from "./up-event.ts";

export type SuperviseOptions = {
  readonly home: Home;
  readonly repositoryRoot: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly port: number;
  readonly gatewayPort: number;
  readonly example: "acme" | "none";
  readonly stopBy: string;
  readonly emit: Emit;
  /** Ctrl-C, SIGTERM: stop everything in order. */
  readonly signal: AbortSignal;
};

/** Starts a platform, does its main job once, keeps it running until the signal, and stops it whole. */
export async function supervise(options: SuperviseOptions): Promise<void> {
  const { home, emit, signal } = options;
  const began = performance.now();
  await prepare(options);
  const ports = await claimPorts(options);
  // Ends what a failed start left under way, such as the build of the portal.
  const over = new AbortController();
  const whileUp = { ...options, ...ports, signal: AbortSignal.any([signal, over.signal]) };
  const platform = startPlatform(whileUp);
  try {
    const ready = await bringUp(whileUp, platform);
    writeJsonFile(home.ready, ready);
    platform.settle(ready);
    emit({
      kind: "ready",
      portal: ready.portal,
      signIn: ready.signIn,
      gateway: ready.gateway,
      service: ready.service?.url ?? null,
      readyFile: home.ready,
      stopBy: options.stopBy,
      ms: Math.round(performance.now() - began),
    });
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
  } finally {
    over.abort();
    await stopAll(home, platform, emit);
  }
}

/** Refuses a second start of one home; takes up what a killed one left. */
async function prepare({ home, emit }: SuperviseOptions): Promise<void> {
  prepareHome(home);
  const supervisor = findSupervisor(home);
  if (supervisor && supervisor.pid !== process.pid) {
    throw new ConflictError({
      code: "already_running",
      message: `A platform already runs on ${home.root} (process ${supervisor.pid})`,
      fix: "Stop it with `npm run down`, or start another one with another CAUSEWAY_HOME and other ports.",
      extra: { pid: supervisor.pid },
    });
  }
  if (findProcesses(home).length === 0) return;
  const title = "Stop what a killed start left running";
  await emitStep(emit, { id: "left", title }, () => stopPlatform(home, () => {}));
}

async function claimPorts({ port, gatewayPort, emit }: SuperviseOptions) {
  const title = "Check the ports";
  const detailOf = (ports: { port: number; gatewayPort: number }) =>
    `${ports.port} and ${ports.gatewayPort} are free`;
  return emitStep(emit, { id: "ports", title, detailOf }, async () => ({
    port: await claimPort({ port, flag: "--port", setting: "CAUSEWAY_PORT" }),
    gatewayPort: await claimPort({
      port: gatewayPort,
      flag: "--gateway-port",
      setting: "CAUSEWAY_GATEWAY_PORT",
    }),
  }));
}

type Platform = Processes & {
  /** From now on crashed processes are restarted, and ready.json follows what changes by it. */
  readonly settle: (ready: ReadyFile) => void;
};

function startPlatform(options: SuperviseOptions): Platform {
  const { home, emit, signal } = options;
  const self = identifyProcess(process.pid);
  const children = new Map<string, ProcessIdentity>();
  let ready: ReadyFile | undefined;
  const processes = startProcesses({
    ...options,
    onStart: (name, identity) => {
      children.set(name, identity);
      const list = [...children].map(([name, child]) => ({ name, ...child }));
      writeJsonFile(join(home.run, fileNames.up), { supervisor: self, children: list });
      if (ready && name === "control") void refreshReady(ready);
    },
    onCrash: (name, how, restartInMs) => {
      const detail = `${how}; starts again in ${restartInMs / 1_000} s`;
      emit({ kind: "process", name, state: "restarting", detail });
    },
  });

  /** A restarted control plane issues a new token and a new link. */
  async function refreshReady(last: ReadyFile): Promise<void> {
    try {
      const control = await waitForControl(home, processes.control, signal);
      ready = { ...last, token: control.token, signIn: control.signIn };
      writeJsonFile(home.ready, ready);
      emit({ kind: "process", name: "control", state: "running", detail: "is back" });
    } catch {
      // It crashed again or everything stops: the next restart, if any, comes here too.
    }
  }

  return {
    ...processes,
    settle: (complete) => {
      ready = complete;
      processes.control.settle();
      processes.gateway.settle();
    },
  };
}

async function bringUp(options: SuperviseOptions, processes: Processes): Promise<ReadyFile> {
  const { home, repositoryRoot, emit, signal } = options;
  const wordOf = {
    built: "built",
    unchanged: "up to date",
    none: "none in this checkout",
  } as const;
  const portalStep = {
    id: "portal",
    title: "Build the portal",
    detailOf: (result: keyof typeof wordOf) => wordOf[result],
  };
  const build = emitStep(emit, portalStep, () => buildPortal(repositoryRoot, signal));
  const start = emitStep(emit, { id: "start", title: "Start the platform" }, () =>
    Promise.all([
      waitForControl(home, processes.control, signal),
      waitForGateway(home, processes.gateway, signal),
    ]),
  );
  const [[control, gateway]] = await Promise.all([start, build]);
  const base = readyBase(control, gateway);
  if (options.example === "none") return base;
  const { token } = control;
  const client = createClient({ origin: control.origin, token, source: "this start" });
  const example = readExample(repositoryRoot);
  const step = {
    id: "example",
    title: "Apply the example organisation",
    detailOf: (result: { applied: number; unchanged: number }) =>
      result.applied === 0 ? "unchanged" : `${result.applied} files`,
  };
  await emitStep(emit, step, () =>
    applyExample(client, home, { files: example.files, repositoryRoot, signal }),
  );
  const done = await doFirstJob({ client, job: example.job, repositoryRoot, emit, signal });
  const { answer: text, ...rest } = done.answer;
  return {
    ...base,
    key: done.key,
    service: { ref: done.service.ref, url: new URL(done.service.ingress, control.origin).href },
    run: done.run,
    answer: { text, ...rest },
  };
}

function readyBase(control: ControlFile, gateway: GatewayFile): ReadyFile {
  return {
    portal: control.origin,
    api: `${control.origin}/api`,
    gateway: `${gateway.origin}/v1`,
    mcp: null,
    signIn: control.signIn,
    token: control.token,
    key: null,
    service: null,
    run: null,
    answer: null,
  };
}

const stopPatienceMs = 30_000;

/** Gateway first, so that its last usage still reaches the control plane; then whatever is left. */
async function stopAll(home: Home, processes: Processes, emit: Emit): Promise<void> {
  const began = performance.now();
  emit({ kind: "stopping" });
  rmSync(home.ready, { force: true });
  await processes.gateway.stop(stopPatienceMs);
  await processes.control.stop(stopPatienceMs);
  rmSync(join(home.run, fileNames.up), { force: true });
  const left = await stopPlatform(home, () => {});
  emit({
    kind: "stopped",
    processes: ["gateway", "control", ...left.map((process) => process.name)],
    ms: Math.round(performance.now() - began),
  });
}
