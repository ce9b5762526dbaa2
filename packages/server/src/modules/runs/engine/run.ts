import { join } from "node:path";
import type { ExecuteContext, Json, RunError } from "@causeway/contract";
import type { Clock } from "#platform/clock";
import type { CrashPoint } from "#platform/crash-points";
import type { Db } from "#platform/db/database";
import { isPassing } from "#platform/db/passing-errors";
import { sha256 } from "#platform/ids";
import type { Log } from "#platform/log";
import type { ActionRegistry } from "../registry.ts";
import { toStepError } from "../step-error.ts";
import { claimRun, writeBoundary, writeLive, type Lease } from "../store/engine.ts";
import {
  advance,
  type Advanced,
  type BoundaryWrite,
  type LiveStep,
  type Outcome,
  type RunFacts,
  type StartStep,
} from "./advance.ts";
import { createLiveLog, type LiveLog } from "./live-log.ts";
import type { RunSignals } from "./signals.ts";
import { openOnce, removeWorkspace } from "./workspace-store.ts";

// A run while one process holds it. Invariants:
//   I4  a step's end, what begins next, log lines, audit and events are one transaction (`run_boundary`)
//   I5  an effect may be asked for again after a crash, always under the key `run:step:direction`
//   R1  whoever lost the run (its epoch is old) writes nothing and undoes nothing: it stops without a word

export type EngineDeps = {
  readonly db: Db;
  readonly registry: ActionRegistry;
  readonly workspaces: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly crashPoint: CrashPoint;
  readonly signals: RunSignals;
};

export type HeldRun = {
  readonly runId: string;
  readonly epoch: number;
  readonly leaseMs: number;
  readonly facts: RunFacts;
  readonly advanced: Advanced;
  readonly lastLogSeq: number;
};

/** Takes the run and, in the same transaction, marks what is to be begun. Undefined: somebody else has it. */
export async function claim(
  deps: EngineDeps,
  runId: string,
  lease: Lease,
): Promise<HeldRun | undefined> {
  const held = await deps.db.transaction().execute(async (tx) => {
    const claimed = await claimRun(tx, runId, lease);
    if (!claimed) return undefined;
    const { epoch, principal, plan } = claimed;
    const facts: RunFacts = { runId, principal, plan, registry: deps.registry, hash: sha256 };
    const interrupted = claimed.steps.filter((step) => step.state === "running");
    const steps = claimed.steps.map((step): LiveStep => ({
      ...step,
      output: step.state === "done" ? step.output : undefined,
      error: undefined,
    }));
    const advanced = advance(facts, steps, {
      outcomes: [],
      resume: interrupted.map((step) => step.id),
    });
    const place = { runId, epoch, boundary: 0, leaseMs: lease.leaseMs };
    await writeBoundary(tx, place, { ...advanced.write, logs: [] });
    deps.crashPoint("runs:claim:before-commit");
    return {
      runId,
      epoch,
      leaseMs: lease.leaseMs,
      facts,
      advanced,
      lastLogSeq: claimed.lastLogSeq,
    };
  });
  if (!held) return undefined;
  deps.crashPoint("runs:claim:after-commit");
  deps.signals.changed(runId);
  return held;
}

/** Works on a claimed run until it is at rest, or `signal` says that it is lost or that we stop. */
export async function holdRun(deps: EngineDeps, held: HeldRun, signal: AbortSignal): Promise<void> {
  const inFlight = new Set<Promise<unknown>>();
  const ended: Outcome[] = [];
  const live = openLiveLog(deps, held);
  const openWorkspace = openOnce(join(deps.workspaces, held.runId));
  const holding: Holding = { deps, held, live: live.log, signal, openWorkspace };
  let { advanced } = held;
  let boundary = 1;
  let wakeUp = (): void => {};
  const launch = (start: StartStep): void => {
    const execution = execute(holding, start).then((outcome) => {
      inFlight.delete(execution);
      if (outcome) ended.push(outcome);
      wakeUp();
    });
    inFlight.add(execution);
  };
  const isAborted = (): boolean => signal.aborted;
  signal.addEventListener("abort", () => wakeUp(), { once: true });

  try {
    for (;;) {
      warn(live.log, advanced.write);
      for (const start of advanced.start) launch(start);
      if (advanced.write.state) {
        await live.flush();
        if (advanced.write.state === "done") await removeWorkspace(deps.workspaces, held.runId);
        return;
      }
      if (ended.length === 0 && !isAborted()) {
        await new Promise<void>((resolve) => {
          wakeUp = resolve;
        });
      }
      if (isAborted()) return;
      const next = await commitOutcomes(
        holding,
        { steps: advanced.steps, boundary },
        ended.splice(0),
      );
      if (!next) return;
      advanced = next;
      boundary += 1;
    }
  } finally {
    live.close();
    // Let actions notice the signal before their workspace becomes somebody else's.
    await Promise.race([Promise.allSettled(inFlight), delay(graceMs)]);
  }
}

const graceMs = 2_000;

type Holding = {
  readonly deps: EngineDeps;
  readonly held: HeldRun;
  readonly live: LiveLog;
  readonly signal: AbortSignal;
  readonly openWorkspace: () => Promise<string>;
};

/** Undefined when the run is not ours any more. A result that the database refuses fails its step: asking again for
 *  the same would only be refused again. */
async function commitOutcomes(
  holding: Holding,
  { steps, boundary }: { readonly steps: readonly LiveStep[]; readonly boundary: number },
  outcomes: readonly Outcome[],
): Promise<Advanced | undefined> {
  const { facts } = holding.held;
  const next = advance(facts, steps, { outcomes, resume: [] });
  const answer = await commit(holding, boundary, next.write);
  if (answer !== "refused") return answer === "held" ? next : undefined;
  const failed = outcomes.map(({ stepId }): Outcome => ({
    kind: "failed",
    stepId,
    error: notStored,
  }));
  const instead = advance(facts, steps, { outcomes: failed, resume: [] });
  const secondAnswer = await commit(holding, boundary, instead.write);
  if (secondAnswer === "refused") throw new Error(`Run ${facts.runId} cannot be written`);
  return secondAnswer === "held" ? instead : undefined;
}

const notStored: RunError = {
  code: "result_not_stored",
  message: "The step has done its work, but the database refused to store its result",
  fix: "The platform's log says why. Retry the run from this step when that is mended.",
  retryable: true,
};

/** Sends the boundary until the database answers. Sending it twice writes it once: its number tells. */
async function commit(
  { deps, held, live, signal }: Holding,
  boundary: number,
  write: BoundaryWrite,
): Promise<"held" | "lost" | "refused"> {
  const { runId, epoch, leaseMs } = held;
  const name = write.state ? "finish" : "boundary";
  deps.crashPoint(`runs:${name}:before-commit`);
  for (let waitMs = 50; !signal.aborted; waitMs = Math.min(waitMs * 2, 1_000)) {
    const logs = live.take().lines;
    try {
      const place = { runId, epoch, boundary, leaseMs };
      const answer = await writeBoundary(deps.db, place, { ...write, logs });
      if (answer === "fenced") return "lost";
      // Repeated: which lines went with the first sending is not known; those sent again are written once.
      if (answer === "written") live.written(logs);
      deps.crashPoint(`runs:${name}:after-commit`);
      deps.signals.changed(runId);
      return "held";
    } catch (error) {
      if (!isPassing(error)) {
        deps.log.error({ err: error, runId }, "step boundary refused");
        return "refused";
      }
      deps.log.warn({ runId, error: String(error) }, "step boundary not written yet");
      await delay(waitMs);
    }
  }
  return "lost";
}

/** Undefined when the run is not ours any more: then nobody may hear how it ended. */
async function execute(holding: Holding, start: StartStep): Promise<Outcome | undefined> {
  const { deps, held, signal } = holding;
  const stepId = start.step.id;
  const { action } = start.registered;
  try {
    const workspace = await holding.openWorkspace();
    deps.crashPoint("runs:step:before-execute");
    const result = await action.execute(start.input, contextOf(holding, stepId, workspace));
    deps.crashPoint("runs:step:after-execute");
    return {
      kind: "done",
      stepId,
      output: toJson(action.output.parse(result.output)),
      undo: toJson(action.undoRecord.parse(result.undo)),
    };
  } catch (error) {
    if (signal.aborted) return undefined;
    const told = toStepError(error, action.id);
    deps.log.warn({ err: error, runId: held.runId, stepId, action: action.id }, "step failed");
    holding.live.add(stepId, "error", told.message);
    return { kind: "failed", stepId, error: told };
  }
}

function contextOf(
  { deps, held, live, signal }: Holding,
  stepId: string,
  workspace: string,
): ExecuteContext {
  return {
    runId: held.runId,
    stepId,
    principal: held.facts.principal,
    workspace,
    signal,
    idempotencyKey: `${held.runId}:${stepId}:forward`,
    log: (level, message) => live.add(stepId, level, message),
    progress: (done, total, unit) => live.progress(stepId, { done, total, unit }),
    crashPoint: deps.crashPoint,
  };
}

const flushMs = 100;

function openLiveLog(deps: EngineDeps, held: HeldRun) {
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const flush = async (): Promise<void> => {
    timer = undefined;
    const { lines, progress } = log.take();
    if (lines.length === 0 && progress.length === 0) return;
    try {
      const isHeld = await writeLive(deps.db, held, { lines, progress });
      if (!isHeld) return;
      log.written(lines);
      deps.signals.changed(held.runId);
    } catch (error) {
      // The lines stay and go with the next boundary.
      deps.log.warn({ runId: held.runId, error: String(error) }, "run log not written yet");
    }
  };
  const log = createLiveLog({
    clock: deps.clock,
    lastSeq: held.lastLogSeq,
    onWaiting: () => {
      if (!isClosed) timer ??= setTimeout(() => void flush(), flushMs);
    },
  });
  return {
    log,
    flush,
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function warn(live: LiveLog, write: BoundaryWrite): void {
  for (const warning of write.warnings) live.add(null, "warn", warning);
}

function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json; // what JSON.parse answers is JSON
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
