import {
  canonicalJson,
  InvalidError,
  type Issue,
  type Plan,
  type PlanStep,
  type SavedPlan,
  type SavedStep,
} from "@causeway/contract";
import type { ActionRegistry } from "./registry.ts";

/** The plan as it is kept: every step names its action's version, the input schema it was written for and the steps it
 *  waits for (I2). Throws InvalidError `invalid_plan` that names every wrong place at once. */
export function savePlan(plan: Plan, registry: ActionRegistry): SavedPlan {
  const issues: Issue[] = [...findDuplicates(plan.steps)];
  const ids = new Set(plan.steps.map((step) => step.id));
  const steps: SavedStep[] = [];
  for (const [index, step] of plan.steps.entries()) {
    issues.push(...findUnknownDependencies(step, ids));
    const registered = registry.find(step.action, step.version);
    if (!registered) {
      issues.push(unknownAction(step, registry));
      continue;
    }
    const before = plan.steps[index - 1];
    steps.push({
      ...step,
      version: registered.action.version,
      inputSchemaHash: registered.inputSchemaHash,
      dependsOn: step.dependsOn ?? (before ? [before.id] : []),
    });
  }
  if (issues.length === 0) issues.push(...findCycle(steps));
  if (issues.length > 0) throw invalidPlan(issues);
  return { ...plan, steps };
}

/** What an approval or start names: the hash of the whole saved plan. */
export function hashPlan(plan: SavedPlan, hash: (text: string) => string): string {
  return hash(canonicalJson(plan));
}

export function invalidPlan(issues: readonly Issue[]): InvalidError {
  return new InvalidError({
    code: "invalid_plan",
    message: `The plan cannot run: ${issues.map((issue) => `${issue.path}: ${issue.message}`).join("; ")}`,
    fix: "Mend the named places and submit the plan again; nothing was changed.",
    issues,
  });
}

function findDuplicates(steps: readonly PlanStep[]): Issue[] {
  const seen = new Set<string>();
  const issues: Issue[] = [];
  for (const step of steps) {
    if (seen.has(step.id)) {
      issues.push({
        path: `steps.${step.id}`,
        message: "two steps have this id; give each its own",
      });
    }
    seen.add(step.id);
  }
  return issues;
}

function findUnknownDependencies(step: PlanStep, ids: ReadonlySet<string>): Issue[] {
  return (step.dependsOn ?? [])
    .filter((id) => !ids.has(id))
    .map((id) => ({
      path: `steps.${step.id}.dependsOn`,
      message: `there is no step "${id}" in this plan`,
    }));
}

function unknownAction(step: PlanStep, registry: ActionRegistry): Issue {
  const path = `steps.${step.id}.action`;
  const newest = registry.find(step.action);
  if (newest) {
    const has = `the newest is ${newest.action.version}`;
    return { path, message: `action "${step.action}" has no version ${step.version}; ${has}` };
  }
  const known = registry.list().map(({ action }) => action.id);
  return { path, message: `there is no action "${step.action}"; known are ${known.join(", ")}` };
}

/** One issue for each cycle's first step, with the way around. */
function findCycle(steps: readonly SavedStep[]): Issue[] {
  const order = sortSteps(steps);
  if (order.length === steps.length) return [];
  const sorted = new Set(order.map((step) => step.id));
  const stuck = new Map(
    steps.filter((step) => !sorted.has(step.id)).map((step) => [step.id, step]),
  );
  const way: string[] = [];
  let at = [...stuck.keys()][0];
  while (at !== undefined && !way.includes(at)) {
    way.push(at);
    at = stuck.get(at)?.dependsOn.find((id) => stuck.has(id));
  }
  const cycle = way.slice(at === undefined ? 0 : way.indexOf(at));
  const message = `waits for itself: ${[...cycle, cycle[0]].join(" → ")}`;
  return [{ path: `steps.${cycle[0]}.dependsOn`, message }];
}

/** Steps so that each comes after all it waits for, in the plan's own order otherwise; steps of a cycle are left out. */
export function sortSteps<
  Step extends { readonly id: string; readonly dependsOn: readonly string[] },
>(steps: readonly Step[]): Step[] {
  const sorted: Step[] = [];
  const done = new Set<string>();
  let rest = steps;
  while (rest.length > 0) {
    const next = rest.find((step) => step.dependsOn.every((id) => done.has(id)));
    if (!next) break;
    sorted.push(next);
    done.add(next.id);
    rest = rest.filter((step) => step !== next);
  }
  return sorted;
}
