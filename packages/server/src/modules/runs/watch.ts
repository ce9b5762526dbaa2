import type { RunStreamEvent, RunView, StepView } from "@causeway/contract";

/** What a watcher has to be told so that it knows `now` instead of `before`; the log comes beside it. */
export function diffRuns(before: RunView, now: RunView): RunStreamEvent[] {
  const known = new Map(before.steps.map((step) => [step.id, step]));
  const isOtherPlan =
    JSON.stringify(before.preview) !== JSON.stringify(now.preview) ||
    now.steps.length !== before.steps.length ||
    now.steps.some((step) => !known.has(step.id));
  if (isOtherPlan) return [{ kind: "run", run: now }];
  const steps = now.steps.flatMap((step) => diffStep(known.get(step.id), step));
  if (before.state === now.state) return steps;
  return [...steps, { kind: "state", state: now.state, error: now.error }];
}

function diffStep(before: StepView | undefined, now: StepView): RunStreamEvent[] {
  if (
    JSON.stringify({ ...before, progress: null }) !== JSON.stringify({ ...now, progress: null })
  ) {
    return [{ kind: "step", step: now }];
  }
  if (!now.progress || JSON.stringify(before?.progress) === JSON.stringify(now.progress)) return [];
  return [{ kind: "progress", stepId: now.id, ...now.progress }];
}
