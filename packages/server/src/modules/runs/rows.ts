import {
  planPreview,
  runError,
  runLogLine,
  runOutput,
  savedPlan,
  stepView,
  type RunLogLine,
  type RunState,
  type RunSummary,
  type RunView,
  type StepState,
  type StepView,
} from "@causeway/contract";
import { z } from "zod";
import { planStepOf, type RunStep } from "./expand.ts";

/** Rows as the tables give them; JSON columns are parsed here, at their edge. */
export type RunRow = {
  readonly id: string;
  readonly title: string;
  readonly state: RunState;
  readonly principal: string;
  readonly template_ref: string | null;
  readonly plan_hash: string;
  readonly submission_hash: string | null;
  readonly error: unknown;
  readonly output: unknown;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly steps_total: number;
  readonly steps_done: number;
};
export type PlanRow = { readonly plan: unknown; readonly preview: unknown };
export type StepRow = {
  readonly id: string;
  readonly plan_step: string;
  readonly iteration: unknown;
  readonly depends_on: readonly string[];
  readonly state: StepState;
  readonly attempt: number;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly progress: unknown;
  readonly output: unknown;
  readonly error: unknown;
};
export type LogRow = {
  readonly seq: number;
  readonly at: Date;
  readonly step_id: string | null;
  readonly level: string;
  readonly message: string;
};

export function toSummary(row: RunRow): RunSummary {
  return {
    id: row.id,
    title: row.title,
    state: row.state,
    principal: row.principal,
    templateRef: row.template_ref,
    createdAt: row.created_at.toISOString(),
    startedAt: toIso(row.started_at),
    finishedAt: toIso(row.finished_at),
    stepsDone: row.steps_done,
    stepsTotal: row.steps_total,
  };
}

export function toView(rows: {
  readonly run: RunRow;
  readonly plan: PlanRow;
  readonly steps: readonly StepRow[];
}): RunView {
  const plan = savedPlan.parse(rows.plan.plan);
  const preview = planPreview.nullable().parse(rows.plan.preview);
  const done = new Set(rows.steps.filter((step) => step.state === "done").map((step) => step.id));
  const steps = rows.steps.map((row): StepView => {
    const { action, version, name } = planStepOf(plan, row.plan_step);
    const title = preview?.steps.find((step) => step.stepId === row.id)?.title;
    return stepView.parse({
      id: row.id,
      name: name ?? title ?? row.id,
      action,
      version,
      dependsOn: row.depends_on,
      state: row.state,
      attempt: row.attempt,
      startedAt: toIso(row.started_at),
      finishedAt: toIso(row.finished_at),
      progress: row.progress,
      output: row.output,
      error: row.error,
    });
  });
  return {
    ...toSummary(rows.run),
    plan,
    planHash: rows.run.plan_hash,
    preview,
    steps,
    error: runError.nullable().parse(rows.run.error),
    output: runOutput.nullable().parse(rows.run.output),
    changes: (preview?.steps ?? [])
      .filter(({ stepId }) => done.has(stepId))
      .flatMap(({ stepId, changes }) => changes.map((change) => ({ ...change, stepId }))),
  };
}

const storedIteration = z.object({ key: z.string(), value: z.json() }).nullable();

export function toRunStep(row: StepRow): RunStep {
  return {
    id: row.id,
    planStep: row.plan_step,
    iteration: storedIteration.parse(row.iteration),
    dependsOn: row.depends_on,
  };
}

export function toLogLine(row: LogRow): RunLogLine {
  return runLogLine.parse({
    seq: row.seq,
    at: row.at.toISOString(),
    stepId: row.step_id,
    level: row.level,
    message: row.message,
  });
}

/** What a claim answers; see `run_claim`. */
export const claimed = z.object({
  runId: z.string(),
  epoch: z.int(),
  principal: z.string(),
  plan: savedPlan,
  lastLogSeq: z.int(),
  steps: z.array(
    z.object({
      id: z.string(),
      planStep: z.string(),
      iteration: storedIteration,
      dependsOn: z.array(z.string()),
      state: stepView.shape.state,
      attempt: z.int(),
      output: z.json().nullable(),
    }),
  ),
});
export type Claimed = z.infer<typeof claimed>;

function toIso(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
