import { ConflictError, NotFoundError, type RunState, type StepState } from "@causeway/contract";

export function noSuchRun(runId: string): NotFoundError {
  return new NotFoundError({ code: "run_not_found", message: `There is no run ${runId}` });
}

export function notPreviewed(runId: string, state: RunState): ConflictError {
  const isUnderWay = state === "ready" || state === "running" || state === "waiting";
  return new ConflictError({
    code: "run_not_startable",
    message: `Run ${runId} is ${state}; only a previewed run can be started`,
    fix: isUnderWay ? "It has been started already: watch it." : "Submit the plan again.",
    extra: { state },
  });
}

export function planChanged(runId: string, planHash: string): ConflictError {
  return new ConflictError({
    code: "plan_changed",
    message: `Run ${runId} holds another plan than the one named: its hash is ${planHash}`,
    fix: "Look at the run's preview again and start it under its hash.",
    extra: { planHash },
  });
}

export type MovedResource = {
  readonly ref: string;
  readonly was: string | null;
  readonly is: string | null;
};

export function resourcesMoved(runId: string, moved: readonly MovedResource[]): ConflictError {
  return new ConflictError({
    code: "resources_moved",
    message: `Since the preview of run ${runId} these have changed: ${moved.map(({ ref }) => ref).join(", ")}`,
    fix: "The run was previewed anew. Look at the new preview and start it again.",
    extra: { moved },
  });
}

export function actionChanged(runId: string, action: string): ConflictError {
  return new ConflictError({
    code: "action_changed",
    message: `Run ${runId} was planned for ${action}, which this release does not have in that form`,
    fix: "Submit the plan again; nothing was changed.",
  });
}

export function submissionReused(submissionId: string, runId: string): ConflictError {
  return new ConflictError({
    code: "submission_reused",
    message: `Submission ${submissionId} is run ${runId}, which was made from another plan`,
    fix: "Use a new submissionId for a new plan.",
    extra: { runId },
  });
}

export function notFailed(runId: string, state: RunState): ConflictError {
  return new ConflictError({
    code: "run_not_failed",
    message: `Run ${runId} is ${state}; only a failed run can be retried`,
    extra: { state },
  });
}

type CancelledRun = {
  readonly id: string;
  readonly state: RunState;
  readonly steps: readonly { readonly id: string; readonly state: StepState }[];
};

/** Why a run cannot be cancelled; undefined when it can: nothing has begun, so nothing has to be undone. */
export function refuseCancel(run: CancelledRun): ConflictError | undefined {
  if (["draft", "previewed", "waiting_approval", "ready"].includes(run.state)) return undefined;
  const begun = run.steps.filter(({ state }) => state !== "pending" && state !== "skipped");
  const isUnderWay = run.state === "running" || run.state === "waiting";
  if (isUnderWay && begun.length === 0) return undefined;
  const { message, fix } = isUnderWay
    ? {
        message: `has begun (${begun.map(({ id }) => id).join(", ")}); cancelling it would mean undoing that, which is not possible yet`,
        fix: "Let it end.",
      }
    : run.state === "failed"
      ? {
          message: "failed half-way; what it did cannot be undone automatically yet",
          fix: "Retry it from the failed step.",
        }
      : { message: `is ${run.state} already`, fix: "There is nothing to cancel." };
  const extra = { state: run.state };
  return new ConflictError({
    code: "run_not_cancellable",
    message: `Run ${run.id} ${message}`,
    fix,
    extra,
  });
}
