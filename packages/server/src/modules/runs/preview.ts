import {
  noCost,
  PlatformError,
  type ActionPreview,
  type Change,
  type Issue,
  type Json,
  type SavedPlan,
  type SavedStep,
  type StepContext,
  type StepPreview,
} from "@causeway/contract";
import {
  collectOutputs,
  expandSteps,
  toIterations,
  type Iteration,
  type StepResult,
} from "./expand.ts";
import {
  checkSyntax,
  findReferences,
  isTruthy,
  renderValue,
  type ExpressionContext,
} from "./expressions.ts";
import { templatedInput, withLiteralInput } from "./literal-input.ts";
import { invalidPlan, sortSteps } from "./plan.ts";
import { checkInput, type Prepared } from "./prepare.ts";
import { summarize, unknownCost, type Previewed } from "./preview-summary.ts";
import { checkReferences } from "./references.ts";
import type { ActionRegistry, RegisteredAction } from "./registry.ts";

export type PreviewDeps = {
  readonly registry: ActionRegistry;
  readonly runId: string;
  readonly principal: string;
  /** An empty directory of this preview's own: steps hand files on through it as they will in the run. */
  readonly workspace: string;
  readonly signal: AbortSignal;
};

/** What running the plan would do, step by step, each step's predicted output feeding the later ones. Throws
 *  InvalidError `invalid_plan` with every wrong place found, or what an action's preview refuses. */
export async function previewPlan(plan: SavedPlan, deps: PreviewDeps): Promise<Previewed> {
  const wrongReferences = checkReferences(plan, deps.registry);
  const issues: Issue[] = [];
  const known: Known = { results: [], open: new Set() };
  const steps: StepPreview[] = [];
  const iterationsOf = new Map<string, readonly Iteration[]>();
  const sorted = sortSteps(plan.steps);
  for (const step of sorted) {
    const context = contextOf(plan, deps, known.results);
    const iterations = listIterations(step, context, { open: known.open, issues });
    if (iterations) iterationsOf.set(step.id, iterations);
    for (const [index, iteration] of (iterations ?? [undefined]).entries()) {
      const id = iteration ? `${step.id}[${index}]` : step.id;
      const one = { id, step, iteration: iteration ?? null, context: withEach(context, iteration) };
      const seen = await previewStep(one, known, deps);
      issues.push(...seen.issues);
      if (seen.preview) steps.push(seen.preview);
      known.results.push({ planStep: step.id, iteration: one.iteration, output: seen.output });
      if (!seen.isComplete) known.open.add(step.id);
    }
  }
  issues.push(...checkOutput(plan));
  // A value that is missing because its reference is wrong needs no second complaint.
  const places = new Set(wrongReferences.map(({ path }) => path));
  const found = [...wrongReferences, ...issues.filter(({ path }) => !places.has(path))];
  if (found.length > 0) throw invalidPlan(found);
  return { preview: summarize(steps), steps: expandSteps(sorted, iterationsOf) };
}

/** Outputs predicted so far, and the steps whose output is not wholly known before the run. */
type Known = { readonly results: StepResult[]; readonly open: Set<string> };

function contextOf(
  plan: SavedPlan,
  deps: PreviewDeps,
  results: readonly StepResult[],
): ExpressionContext {
  return {
    parameters: plan.parameters,
    steps: collectOutputs(results),
    user: { ref: deps.principal },
    context: { task: { id: deps.runId } },
  };
}

function withEach(context: ExpressionContext, each: Iteration | undefined): ExpressionContext {
  return each ? { ...context, each } : context;
}

function listIterations(
  step: SavedStep,
  context: ExpressionContext,
  { open, issues }: { readonly open: ReadonlySet<string>; readonly issues: Issue[] },
): Iteration[] | undefined {
  if (step.each === undefined) return undefined;
  const path = `steps.${step.id}.each`;
  if (findUnknown(step.each, context, open).length > 0) {
    const message =
      "depends on an output that is known only during the run; a plan must name its steps before it starts";
    issues.push({ path, message });
    return [];
  }
  const rendered = renderValue(step.each, context, path);
  issues.push(...rendered.issues);
  const iterations = toIterations(rendered.value);
  if (!iterations && rendered.issues.length === 0) {
    issues.push({ path, message: "must be a list or an object" });
  }
  return iterations ?? [];
}

type OneStep = {
  readonly id: string;
  readonly step: SavedStep;
  readonly iteration: Iteration | null;
  readonly context: ExpressionContext;
};
type SeenStep = {
  readonly preview: StepPreview | undefined;
  readonly output: Json | undefined;
  /** Nothing about its output is left open. */
  readonly isComplete: boolean;
  readonly issues: readonly Issue[];
};

async function previewStep(one: OneStep, known: Known, deps: PreviewDeps): Promise<SeenStep> {
  const { step, context } = one;
  const registered = deps.registry.find(step.action, step.version);
  if (!registered)
    throw new Error(`${step.action}@${step.version} was there when the plan was saved`);
  const condition = judgeCondition(step, context, known.open);
  if (condition.kind === "invalid") return failed(condition.issues);
  const card = cardOf(one, registered);
  if (condition.kind === "skip") {
    const skipped = {
      ...card,
      kind: "skipped" as const,
      summary: "skipped: its condition is false",
    };
    const issues = checkSyntax(templatedInput(step, registered), `steps.${step.id}.input`);
    return { preview: skipped, output: undefined, isComplete: true, issues };
  }
  const prepared = prepareInput(one, registered, known.open);
  if (prepared.kind === "invalid") return failed(prepared.issues);
  if (prepared.kind === "later") {
    const summary = `depends on the output of ${prepared.waitsFor.join(", ")}, known only during the run`;
    const cost = registered.action.effects.cost === "none" ? noCost : unknownCost;
    return {
      preview: { ...card, kind: "unknown", summary, cost },
      output: undefined,
      isComplete: false,
      issues: [],
    };
  }
  const seen = await askAction(one, registered, { input: prepared.input, deps });
  const { changes, resources, cost } = seen;
  const isSure = condition.kind === "run";
  const summary = isSure ? seen.summary : `perhaps (${condition.why}): ${seen.summary}`;
  const output = toJson(seen.output);
  const isComplete = isSure && registered.action.output.safeParse(output).success;
  return {
    preview: {
      ...card,
      kind: isSure ? "known" : "unknown",
      summary,
      changes: [...changes],
      resources: [...resources],
      cost,
    },
    output,
    isComplete,
    issues: [],
  };
}

function failed(issues: readonly Issue[]): SeenStep {
  return { preview: undefined, output: undefined, isComplete: false, issues };
}

function cardOf({ id, step }: OneStep, { action }: RegisteredAction): StepPreview {
  return {
    stepId: id,
    action: action.id,
    version: action.version,
    title: step.name ?? action.title,
    kind: "known",
    summary: "",
    changes: [] as Change[],
    resources: [],
    cost: noCost,
    undo: action.effects.undo,
    effects: action.effects,
  };
}

type Condition =
  | { readonly kind: "run" }
  | { readonly kind: "skip" }
  | { readonly kind: "perhaps"; readonly why: string }
  | { readonly kind: "invalid"; readonly issues: readonly Issue[] };

function judgeCondition(
  step: SavedStep,
  context: ExpressionContext,
  open: ReadonlySet<string>,
): Condition {
  if (step.if === undefined) return { kind: "run" };
  const unknown = findUnknown(step.if, context, open);
  if (unknown.length > 0) {
    return { kind: "perhaps", why: `its condition depends on the output of ${stepsOf(unknown)}` };
  }
  const rendered = renderValue(step.if, context, `steps.${step.id}.if`);
  if (rendered.issues.length > 0) return { kind: "invalid", issues: rendered.issues };
  return isTruthy(rendered.value) ? { kind: "run" } : { kind: "skip" };
}

type PreparedInput =
  | Exclude<Prepared, { kind: "skip" }>
  | { readonly kind: "later"; readonly waitsFor: readonly string[] };

/** Members that wait for an unknown output are judged later; a mistake in any other member is one now. */
function prepareInput(
  { step, context }: OneStep,
  registered: RegisteredAction,
  open: ReadonlySet<string>,
): PreparedInput {
  const templated = templatedInput(step, registered);
  const unknown = findUnknown(templated, context, open);
  const rendered = renderValue(templated, context, `steps.${step.id}.input`);
  const later = new Set(unknown.map(({ key }) => `steps.${step.id}.input.${key}`));
  const isJudgedNow = (issue: Issue): boolean =>
    ![...later].some((path) => issue.path === path || issue.path.startsWith(`${path}.`));
  const broken = rendered.issues.filter(isJudgedNow);
  if (broken.length > 0) return { kind: "invalid", issues: broken };
  const input = withLiteralInput(rendered.value, step, registered);
  const checked = checkInput(step, registered, input);
  if (unknown.length === 0)
    return checked.kind === "skip" ? { kind: "invalid", issues: [] } : checked;
  if (checked.kind === "invalid") {
    const wrong = checked.issues.filter(isJudgedNow);
    if (wrong.length > 0) return { kind: "invalid", issues: wrong };
  }
  return {
    kind: "later",
    waitsFor: [...new Set(unknown.map((reference) => `"${reference.step}"`))],
  };
}

/** References whose value is not there, into a step whose output is not wholly known yet. */
function findUnknown(value: Json, context: ExpressionContext, open: ReadonlySet<string>) {
  return findReferences(value).filter(({ step, members }) => {
    if (!open.has(step)) return false;
    if (members.length < 2) return true;
    let at: unknown = context.steps[step];
    for (const name of members) {
      if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return true;
      at = (at as Readonly<Record<string, unknown>>)[name]; // checked to be an object above
    }
    return false;
  });
}

function stepsOf(references: readonly { readonly step: string }[]): string {
  return [...new Set(references.map(({ step }) => `"${step}"`))].join(", ");
}

async function askAction(
  one: OneStep,
  { action }: RegisteredAction,
  { input, deps }: { readonly input: unknown; readonly deps: PreviewDeps },
): Promise<ActionPreview<unknown>> {
  const { runId, principal, workspace, signal } = deps;
  const context: StepContext = { runId, stepId: one.id, principal, workspace, signal };
  try {
    return await action.preview(input, context);
  } catch (error) {
    if (error instanceof PlatformError) throw atStep(error, one.id);
    throw new Error(`The preview of step ${one.id} (${action.id}) failed`, { cause: error });
  }
}

/** The same refusal, naming the step it came from. */
function atStep(error: PlatformError, stepId: string): PlatformError {
  const Kind = error.constructor as typeof PlatformError; // a PlatformError's class takes its details
  return new Kind({
    code: error.code,
    message: `Step "${stepId}": ${error.message}`,
    ...(error.fix === undefined ? {} : { fix: error.fix }),
    issues: error.issues,
    extra: { ...error.extra, stepId },
    cause: error,
  });
}

/** The run's final output is rendered when it is done; here only its mistakes are looked for. */
function checkOutput(plan: SavedPlan): Issue[] {
  const steps = new Set(plan.steps.map((step) => step.id));
  const strangers = findReferences(plan.output)
    .filter((reference) => !steps.has(reference.step))
    .map(({ key, step }) => ({
      path: `output.${key}`,
      message: `there is no step "${step}" in this plan`,
    }));
  return [...strangers, ...checkSyntax(plan.output, "output")];
}

function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? {})) as Json; // what JSON.parse answers is JSON
}
