import {
  canonicalJson,
  type Json,
  type RunError,
  type RunOutput,
  type SavedPlan,
  type StepState,
} from "@causeway/contract";
import { collectOutputs, planStepOf, type RunStep } from "../expand.ts";
import type { ExpressionContext } from "../expressions.ts";
import { prepareStep } from "../prepare.ts";
import type { ActionRegistry, RegisteredAction } from "../registry.ts";
import { renderOutput } from "../render-output.ts";
import { invalidStep, toRunError } from "../step-error.ts";
import { decide } from "./decide.ts";

/** A run's steps as its holder has them in memory; the table says the same after every boundary. */
export type LiveStep = RunStep & {
  readonly state: StepState;
  readonly attempt: number;
  readonly output: Json | undefined;
  readonly error: RunError | undefined;
};

export type RunFacts = {
  readonly runId: string;
  readonly principal: string;
  readonly plan: SavedPlan;
  readonly registry: ActionRegistry;
  readonly hash: (text: string) => string;
};

/** How an execution ended. */
export type Outcome =
  | { readonly kind: "done"; readonly stepId: string; readonly output: Json; readonly undo: Json }
  | { readonly kind: "failed"; readonly stepId: string; readonly error: RunError };

export type StartStep = {
  readonly step: LiveStep;
  readonly registered: RegisteredAction;
  readonly input: unknown;
};

/** Everything one boundary writes, in one transaction (I4). */
export type BoundaryWrite = {
  readonly state?: "done" | "failed";
  readonly error?: RunError;
  readonly output?: RunOutput;
  readonly stepsDone: number;
  readonly steps: readonly StepWrite[];
  readonly audit: readonly { readonly verb: string; readonly detail: string }[];
  readonly events: readonly { readonly type: string; readonly data: Json }[];
  readonly warnings: readonly string[];
};
export type StepWrite = {
  readonly id: string;
  readonly state: StepState;
  readonly output?: Json;
  readonly undo?: Json;
  readonly error?: RunError;
};

export type Advanced = {
  readonly steps: readonly LiveStep[];
  readonly write: BoundaryWrite;
  /** To be executed once `write` is committed. */
  readonly start: readonly StartStep[];
};

/** The next boundary: what has ended is recorded together with what begins now, so that a step costs one commit.
 *  `resume` names steps that a holder before us began: their effect may exist already, so they run again whatever else
 *  happened. */
export function advance(
  facts: RunFacts,
  before: readonly LiveStep[],
  news: { readonly outcomes: readonly Outcome[]; readonly resume: readonly string[] },
): Advanced {
  const draft = openDraft(facts, before);
  for (const outcome of news.outcomes) endStep(draft, outcome);
  for (const id of news.resume) beginStep(draft, id);
  for (;;) {
    const decision = decide([...draft.steps.values()]);
    switch (decision.kind) {
      case "start":
        for (const id of decision.stepIds) beginStep(draft, id);
        break;
      case "wait":
        return take(draft, {});
      case "fail":
        return take(draft, { failedStep: decision.stepIds[0] ?? "" });
      case "finish":
        return take(draft, { isFinished: true });
    }
  }
}

type End = { readonly failedStep?: string; readonly isFinished?: true };

/** A boundary in the making; lives within one call of `advance`. */
type Draft = {
  readonly facts: RunFacts;
  readonly steps: Map<string, LiveStep>;
  readonly writes: Map<string, StepWrite>;
  readonly audit: { verb: string; detail: string }[];
  readonly events: { type: string; data: Json }[];
  readonly start: StartStep[];
};

function openDraft(facts: RunFacts, before: readonly LiveStep[]): Draft {
  const steps = new Map(before.map((step) => [step.id, step]));
  return { facts, steps, writes: new Map(), audit: [], events: [], start: [] };
}

function getStep({ facts, steps }: Draft, id: string): LiveStep {
  const step = steps.get(id);
  if (!step) throw new Error(`Run ${facts.runId} has no step ${id}`);
  return step;
}

/** Moves a step in memory, in the table, in the audit log and in the events. */
function move(draft: Draft, write: StepWrite, detail: { [key: string]: Json }): LiveStep {
  const before = getStep(draft, write.id);
  const step: LiveStep = {
    ...before,
    state: write.state,
    attempt: before.attempt + (write.state === "running" ? 1 : 0),
    output: write.output,
    error: write.error,
  };
  draft.steps.set(step.id, step);
  draft.writes.set(step.id, write);
  const { action, version } = planStepOf(draft.facts.plan, step.planStep);
  const verb = write.state === "running" ? "started" : write.state;
  const told = { step: step.id, action: `${action}@${version}`, attempt: step.attempt, ...detail };
  draft.audit.push({ verb: `step.${verb}`, detail: canonicalJson(told) });
  draft.events.push({ type: `dev.causeway.step.${verb}`, data: told });
  return step;
}

function endStep(draft: Draft, outcome: Outcome): void {
  const id = outcome.stepId;
  if (outcome.kind === "failed") {
    move(draft, { id, state: "failed", error: outcome.error }, { code: outcome.error.code });
    return;
  }
  const { output, undo } = outcome;
  const outputHash = draft.facts.hash(canonicalJson(output));
  move(draft, { id, state: "done", output, undo }, { outputHash });
}

function beginStep(draft: Draft, id: string): void {
  const { facts } = draft;
  const step = getStep(draft, id);
  const planStep = planStepOf(facts.plan, step.planStep);
  const context = contextOf(facts, [...draft.steps.values()], step);
  const prepared = prepareStep(planStep, context, facts.registry);
  switch (prepared.kind) {
    case "skip":
      move(draft, { id, state: "skipped" }, {});
      break;
    case "invalid": {
      const error = invalidStep(prepared.issues);
      move(draft, { id, state: "failed", error }, { code: error.code });
      break;
    }
    case "run": {
      const inputHash = facts.hash(canonicalJson(prepared.input));
      const running = move(draft, { id, state: "running" }, { inputHash });
      draft.start.push({ step: running, registered: prepared.registered, input: prepared.input });
    }
  }
}

function take(draft: Draft, end: End): Advanced {
  const steps = [...draft.steps.values()];
  const writes = [...draft.writes.values()];
  const ending = endOf(draft.facts, steps, end);
  const write: BoundaryWrite = {
    ...ending.run,
    stepsDone: writes.filter(({ state }) => state === "done" || state === "skipped").length,
    steps: writes,
    audit: [...draft.audit, ...ending.audit],
    events: [...draft.events, ...ending.events],
    warnings: ending.warnings,
  };
  return { steps, start: draft.start, write };
}

type Ending = Pick<BoundaryWrite, "audit" | "events" | "warnings"> & {
  readonly run: Pick<BoundaryWrite, "state" | "error" | "output">;
};

function endOf(facts: RunFacts, steps: readonly LiveStep[], end: End): Ending {
  if (end.failedStep !== undefined) {
    const step = steps.find(({ id }) => id === end.failedStep);
    if (!step?.error) throw new Error(`Failed step ${end.failedStep} has no error`);
    const error = toRunError(step.id, step.error);
    const told = { step: step.id, code: error.code };
    return {
      run: { state: "failed", error },
      audit: [{ verb: "run.failed", detail: canonicalJson(told) }],
      events: [{ type: "dev.causeway.run.failed", data: told }],
      warnings: [],
    };
  }
  if (!end.isFinished) return { run: {}, audit: [], events: [], warnings: [] };
  const { output, issues } = renderOutput(facts.plan, contextOf(facts, steps, undefined));
  const told = { outputHash: facts.hash(canonicalJson(output)) };
  return {
    run: { state: "done", output },
    audit: [{ verb: "run.done", detail: canonicalJson(told) }],
    events: [{ type: "dev.causeway.run.done", data: told }],
    warnings: issues.map((issue) => `${issue.path} is left out: ${issue.message}`),
  };
}

function contextOf(
  facts: RunFacts,
  steps: readonly LiveStep[],
  current: RunStep | undefined,
): ExpressionContext {
  const { plan, principal, runId } = facts;
  const context = {
    parameters: plan.parameters,
    steps: collectOutputs(steps.filter(({ state }) => state === "done")),
    user: { ref: principal },
    context: { task: { id: runId } },
  };
  return current?.iteration ? { ...context, each: current.iteration } : context;
}
