import { canMoveRun, type RunState, type RunView } from "@causeway/contract";

/** What a person may do with a run now; from the contract's table of states. */
export type RunMove = "start" | "retry" | "cancel";

export function movesOf(state: RunState): readonly RunMove[] {
  const moves: RunMove[] = [];
  // `ready` was started already and waits for a worker.
  if (state === "previewed") moves.push("start");
  if (canMoveRun(state, "running") && (state === "failed" || state === "needs_human")) {
    moves.push("retry");
  }
  if (canMoveRun(state, "cancelled")) moves.push("cancel");
  return moves;
}

/** The step that stopped the run. */
export function failedStep(run: RunView) {
  return run.steps.find((step) => step.state === "failed");
}

/** The middle one of the durations of earlier runs; undefined when there are none. */
export function usualDurationMs(
  runs: readonly { readonly startedAt: string | null; readonly finishedAt: string | null }[],
): number | undefined {
  const durations = runs
    .flatMap((run) =>
      run.startedAt !== null && run.finishedAt !== null
        ? [Date.parse(run.finishedAt) - Date.parse(run.startedAt)]
        : [],
    )
    .toSorted((a, b) => a - b);
  return durations[Math.floor(durations.length / 2)];
}

/** Nothing of it has run yet: its page is its preview. */
export function isBeforeStart(run: RunView): boolean {
  return ["draft", "previewed", "waiting_approval"].includes(run.state);
}
