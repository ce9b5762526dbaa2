import { z } from "zod";
import { change } from "./action.ts";
import { planPreview, savedPlan } from "./plan.ts";

export const runState = z.enum([
  "draft",
  "previewed",
  "waiting_approval",
  "ready",
  "running",
  "waiting",
  "failed",
  "compensating",
  "needs_human",
  "done",
  "rolled_back",
  "cancelled",
]);
export type RunState = z.infer<typeof runState>;

/** What each state leads to. `cancelled` only when nothing remains to be undone. */
export const nextRunStates = {
  draft: ["previewed", "cancelled"],
  previewed: ["waiting_approval", "ready", "draft", "cancelled"],
  waiting_approval: ["ready", "previewed", "cancelled"],
  ready: ["running", "previewed", "cancelled"],
  running: ["done", "failed", "waiting", "compensating", "cancelled"],
  waiting: ["running", "compensating", "cancelled"],
  failed: ["running", "compensating"],
  compensating: ["rolled_back", "needs_human"],
  needs_human: ["running", "compensating", "rolled_back"],
  done: ["compensating"],
  rolled_back: [],
  cancelled: [],
} as const satisfies Record<RunState, readonly RunState[]>;

export function canMoveRun(from: RunState, to: RunState): boolean {
  const allowed: readonly RunState[] = nextRunStates[from];
  return allowed.includes(to);
}

/** Nothing moves without somebody asking: watchers stop watching. */
export function isRunAtRest(state: RunState): boolean {
  return ["failed", "needs_human", "done", "rolled_back", "cancelled"].includes(state);
}

export const stepState = z.enum([
  "pending",
  "running",
  "done",
  "failed",
  "skipped",
  "undoing",
  "undone",
]);
export type StepState = z.infer<typeof stepState>;

export const runError = z.strictObject({
  code: z.string(),
  message: z.string(),
  fix: z.string().optional(),
  /** True: the same step may succeed when tried again. */
  retryable: z.boolean(),
});
export type RunError = z.infer<typeof runError>;

export const stepView = z.strictObject({
  id: z.string(),
  name: z.string(),
  action: z.string(),
  version: z.int(),
  dependsOn: z.array(z.string()),
  state: stepState,
  attempt: z.int(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  progress: z.strictObject({ done: z.number(), total: z.number(), unit: z.string() }).nullable(),
  output: z.json().nullable(),
  error: runError.nullable(),
});
export type StepView = z.infer<typeof stepView>;

export const runOutput = z.strictObject({
  links: z.array(
    z.strictObject({
      title: z.string(),
      url: z.string().optional(),
      entityRef: z.string().optional(),
      icon: z.string().optional(),
    }),
  ),
  text: z.array(z.strictObject({ title: z.string(), content: z.string() })),
  values: z.record(z.string(), z.json()),
});
export type RunOutput = z.infer<typeof runOutput>;

export const runSummary = z.strictObject({
  id: z.string(),
  title: z.string(),
  state: runState,
  principal: z.string(),
  templateRef: z.string().nullable(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  stepsDone: z.int(),
  stepsTotal: z.int(),
});
export type RunSummary = z.infer<typeof runSummary>;

export const runView = runSummary.extend({
  plan: savedPlan,
  planHash: z.string(),
  preview: planPreview.nullable(),
  steps: z.array(stepView),
  error: runError.nullable(),
  output: runOutput.nullable(),
  /** What the finished steps changed so far. */
  changes: z.array(change.extend({ stepId: z.string() })),
});
export type RunView = z.infer<typeof runView>;

export const runLogLine = z.strictObject({
  seq: z.int(),
  at: z.iso.datetime(),
  stepId: z.string().nullable(),
  level: z.enum(["debug", "info", "warn", "error"]),
  message: z.string(),
});
export type RunLogLine = z.infer<typeof runLogLine>;

/** Server-sent events of `GET /api/runs/{id}/events`; the SSE `event:` is `kind`. A watcher gets `run` first (whole
 *  view), then what changes, and `end` when the run is at rest. `?afterLog=<seq>` resumes the log. */
export const runStreamEvent = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("run"), run: runView }),
  z.strictObject({ kind: z.literal("state"), state: runState, error: runError.nullable() }),
  z.strictObject({ kind: z.literal("step"), step: stepView }),
  z.strictObject({
    kind: z.literal("progress"),
    stepId: z.string(),
    done: z.number(),
    total: z.number(),
    unit: z.string(),
  }),
  z.strictObject({ kind: z.literal("log"), line: runLogLine }),
  z.strictObject({ kind: z.literal("end"), state: runState }),
]);
export type RunStreamEvent = z.infer<typeof runStreamEvent>;
