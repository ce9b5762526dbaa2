import { z } from "zod";
import { actionEffects, change, cost, resourceVersion, undoClass } from "./action.ts";

/** A step as people and golden paths write it. Strings in `input`, `if` and `each` may hold `${{ }}` expressions over
 *  `parameters`, `steps.<id>.output`, `user`, `each` (Backstage's rules). */
export const planStep = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(63)
    .regex(/^[A-Za-z0-9_-]+$/, "use letters, digits, '-' and '_'"),
  name: z.string().optional(),
  action: z.string().min(1),
  /** Absent = the newest registered; pinned when the plan is saved. */
  version: z.int().positive().optional(),
  input: z.record(z.string(), z.json()).default({}),
  /** Absent = the step before it. */
  dependsOn: z.array(z.string()).optional(),
  if: z.union([z.string(), z.boolean()]).optional(),
  each: z.json().optional(),
});
export type PlanStep = z.infer<typeof planStep>;

export const maxPlanSteps = 200;

export const plan = z.strictObject({
  title: z.string().min(1).max(200),
  parameters: z.record(z.string(), z.json()).default({}),
  steps: z.array(planStep).min(1).max(maxPlanSteps),
  /** Backstage's `spec.output`; rendered when the run is done. */
  output: z.record(z.string(), z.json()).default({}),
  /** The golden path this plan was made from. */
  source: z
    .strictObject({ templateRef: z.string(), templateVersion: z.string(), baseUrl: z.string() })
    .optional(),
});
export type Plan = z.infer<typeof plan>;

/** A step as saved: action version and the hash of its input schema are pinned (I2). */
export const savedStep = planStep.extend({
  version: z.int().positive(),
  inputSchemaHash: z.string(),
  dependsOn: z.array(z.string()),
});
export type SavedStep = z.infer<typeof savedStep>;
export const savedPlan = plan.extend({ steps: z.array(savedStep) });
export type SavedPlan = z.infer<typeof savedPlan>;

export const stepPreview = z.strictObject({
  stepId: z.string(),
  action: z.string(),
  version: z.int(),
  title: z.string(),
  /** `skipped`: its `if` is already known to be false. `unknown`: depends on an output not known before the run. */
  kind: z.enum(["known", "skipped", "unknown"]),
  summary: z.string(),
  changes: z.array(change),
  resources: z.array(resourceVersion),
  cost,
  undo: undoClass,
  effects: actionEffects,
});
export type StepPreview = z.infer<typeof stepPreview>;

export const planPreview = z.strictObject({
  steps: z.array(stepPreview),
  total: cost,
  /** How much of the plan can be taken back: counts per undo class. */
  undoCoverage: z.record(undoClass, z.int()),
  /** Verdicts of what guards a run; "not evaluated" and "not run" are said, never left out (I12). */
  policy: z.string(),
  evals: z.string(),
});
export type PlanPreview = z.infer<typeof planPreview>;
