import type { Cost, PlanPreview, StepPreview } from "@causeway/contract";
import type { RunStep } from "./expand.ts";

export type Previewed = { readonly preview: PlanPreview; readonly steps: readonly RunStep[] };

export const unknownCost: Cost = { monthlyMicroUsd: null, onceMicroUsd: null, notional: false };

export function summarize(steps: StepPreview[]): PlanPreview {
  const undoCoverage = { restore: 0, compensate: 0, none: 0, spend: 0 };
  for (const step of steps) if (step.kind !== "skipped") undoCoverage[step.undo] += 1;
  return { steps, total: addCosts(steps), undoCoverage, policy: "not evaluated", evals: "not run" };
}

/** Unknown stays unknown. Notional money is never added to real money: where a plan has both, the total is the real
 *  part, and the steps show the notional one. */
export function addCosts(steps: readonly { readonly cost: Cost }[]): Cost {
  const priced = steps.map(({ cost }) => cost).filter((cost) => !isFree(cost));
  const real = priced.filter((cost) => !cost.notional);
  const counted = real.length > 0 ? real : priced;
  return {
    monthlyMicroUsd: addKnown(counted.map((cost) => cost.monthlyMicroUsd)),
    onceMicroUsd: addKnown(counted.map((cost) => cost.onceMicroUsd)),
    notional: priced.length > 0 && real.length === 0,
  };
}

function isFree(cost: Cost): boolean {
  return cost.monthlyMicroUsd === 0 && cost.onceMicroUsd === 0;
}

function addKnown(amounts: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const amount of amounts) {
    if (amount === null) return null;
    sum += amount;
  }
  return sum;
}

/** Resources that are not as the first preview saw them (I3), and steps that came or went. */
export function findMoved(
  before: Previewed,
  after: Previewed,
): { ref: string; was: string | null; is: string | null }[] {
  const was = versionsOf(before.preview);
  const is = versionsOf(after.preview);
  const moved = [...new Set([...was.keys(), ...is.keys()])]
    .filter((ref) => was.get(ref) !== is.get(ref))
    .map((ref) => ({ ref, was: was.get(ref) ?? null, is: is.get(ref) ?? null }));
  const steps = (side: Previewed): string => side.steps.map((step) => JSON.stringify(step)).join();
  if (steps(before) !== steps(after)) moved.push({ ref: "the plan's steps", was: null, is: null });
  return moved;
}

function versionsOf(preview: PlanPreview): Map<string, string | null> {
  return new Map(
    preview.steps.flatMap((step) =>
      step.resources.map(({ ref, version }) => [ref, version] as const),
    ),
  );
}
