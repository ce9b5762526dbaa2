import type { Json, SavedPlan, SavedStep } from "@causeway/contract";

/** One turn of an `each` step, as previewed. */
export type Iteration = { readonly key: string; readonly value: Json };

/** What the engine runs: a step of the plan, or one iteration of it under `id[n]` (I5). */
export type RunStep = {
  readonly id: string;
  readonly planStep: string;
  readonly iteration: Iteration | null;
  readonly dependsOn: readonly string[];
};

/** Iterations run one after the other, as Backstage's do; whoever waits for the step waits for its last one. A step with
 *  nothing to iterate over vanishes, and who waits for it waits for what it waited for. `steps` come sorted. */
export function expandSteps(
  steps: readonly SavedStep[],
  iterationsOf: ReadonlyMap<string, readonly Iteration[]>,
): RunStep[] {
  const lastOf = new Map<string, readonly string[]>();
  const expanded: RunStep[] = [];
  for (const step of steps) {
    const waits = [...new Set(step.dependsOn.flatMap((id) => lastOf.get(id) ?? []))];
    const iterations = iterationsOf.get(step.id);
    if (!iterations) {
      expanded.push({ id: step.id, planStep: step.id, iteration: null, dependsOn: waits });
      lastOf.set(step.id, [step.id]);
      continue;
    }
    let last: readonly string[] = waits;
    for (const [index, iteration] of iterations.entries()) {
      const id = `${step.id}[${index}]`;
      expanded.push({ id, planStep: step.id, iteration, dependsOn: last });
      last = [id];
    }
    lastOf.set(step.id, last);
  }
  return expanded;
}

/** An array gives its items under "0", "1", …; an object its members. Undefined for anything else. */
export function toIterations(value: Json | undefined): Iteration[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value as { readonly [key: string]: Json }).map(([key, member]) => ({
    key,
    value: member,
  })); // Object.entries lists an array's items by index
}

export type StepResult = {
  readonly planStep: string;
  readonly iteration: Iteration | null;
  /** Undefined while there is none: not run yet, failed or skipped. */
  readonly output: Json | undefined;
};

/** `steps.<id>.output` for expressions. The outputs of iterations become one list for each member, in order. */
export function collectOutputs(results: readonly StepResult[]): {
  [id: string]: { readonly output: Json };
} {
  const outputs: { [id: string]: { output: Json } } = {};
  for (const { planStep, iteration, output } of results) {
    if (output === undefined) continue;
    if (!iteration) outputs[planStep] = { output };
    else outputs[planStep] = { output: appendMembers(outputs[planStep]?.output, output) };
  }
  return outputs;
}

function appendMembers(lists: Json | undefined, output: Json): Json {
  const collected = { ...(isRecord(lists) ? lists : {}) };
  for (const [name, value] of Object.entries(isRecord(output) ? output : {})) {
    const before = collected[name];
    collected[name] = [...(Array.isArray(before) ? (before as readonly Json[]) : []), value]; // made by us above
  }
  return collected;
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The plan's step that a run step is an instance of; a saved plan holds all of them. */
export function planStepOf(plan: SavedPlan, id: string): SavedStep {
  const step = plan.steps.find((candidate) => candidate.id === id);
  if (!step) throw new Error(`The saved plan has no step ${id}`);
  return step;
}
