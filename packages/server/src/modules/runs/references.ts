import type { Issue, Json, SavedPlan, SavedStep } from "@causeway/contract";
import { findReferences, type StepReference } from "./expressions.ts";
import { templatedInput } from "./literal-input.ts";
import type { ActionRegistry } from "./registry.ts";

/** Expressions that name a step which does not exist, has not run by then, or never gives that output: mistakes that
 *  would otherwise show as a silently missing value in the middle of a run. */
export function checkReferences(plan: SavedPlan, registry: ActionRegistry): Issue[] {
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  return plan.steps.flatMap((step) => {
    const before = collectBefore(step, steps);
    return listReferences(step, registry).flatMap(({ path, reference }) => {
      const target = steps.get(reference.step);
      const message = target
        ? checkTarget(reference, target, { isBefore: before.has(target.id), registry })
        : `there is no step "${reference.step}" in this plan`;
      return message === undefined ? [] : [{ path, message }];
    });
  });
}

function checkTarget(
  reference: StepReference,
  target: SavedStep,
  { isBefore, registry }: { readonly isBefore: boolean; readonly registry: ActionRegistry },
): string | undefined {
  if (!isBefore) return `step "${target.id}" need not have run by then; add it to dependsOn`;
  const [area, name] = reference.members;
  if (area !== undefined && area !== "output") {
    return `a step has only "output", not "${area}"`;
  }
  const keys = registry.find(target.action, target.version)?.outputKeys;
  if (name === undefined || !keys || keys.has(name)) return undefined;
  const known = [...keys].join(", ") || "nothing";
  return `${target.action} of step "${target.id}" gives no "${name}"; it gives ${known}`;
}

type PlacedReference = { readonly path: string; readonly reference: StepReference };

function listReferences(step: SavedStep, registry: ActionRegistry): PlacedReference[] {
  const registered = registry.find(step.action, step.version);
  const inside = (value: Json, name: string): PlacedReference[] =>
    findReferences(value).map((reference) => ({
      path: ["steps", step.id, name, reference.key].filter((part) => part !== "").join("."),
      reference,
    }));
  return [
    ...inside(step.if ?? null, "if"),
    ...inside(step.each ?? null, "each"),
    ...inside(templatedInput(step, registered), "input"),
  ];
}

function collectBefore(step: SavedStep, steps: ReadonlyMap<string, SavedStep>): Set<string> {
  const before = new Set<string>();
  const open = [...step.dependsOn];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (before.has(id)) continue;
    before.add(id);
    open.push(...(steps.get(id)?.dependsOn ?? []));
  }
  return before;
}
