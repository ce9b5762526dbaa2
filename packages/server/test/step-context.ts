/** What the engine hands to an action, for an action's own tests. */
import type { AnyAction, ExecuteContext } from "@causeway/contract";

/** Ends the process's work where a fault test would kill it. */
export class Killed extends Error {}

export type StepContextOptions = {
  readonly workspace: string;
  readonly stepId?: string;
  readonly runId?: string;
  readonly killAt?: string;
  /** At which time that the point is reached. */
  readonly after?: number;
  readonly log?: (message: string) => void;
  readonly progress?: (done: number, total: number) => void;
};

export function stepContext(options: StepContextOptions): ExecuteContext {
  const { workspace, stepId = "step", runId = "run_1", killAt, after = 1 } = options;
  let left = after;
  return {
    runId,
    stepId,
    principal: "user:default/developer",
    workspace,
    signal: new AbortController().signal,
    idempotencyKey: `${runId}:${stepId}:do`,
    log: (_level, message) => options.log?.(message),
    progress: (done, total) => options.progress?.(done, total),
    crashPoint: (name) => {
      if (name === killAt && --left === 0) throw new Killed(name);
    },
  };
}

export function execute(action: AnyAction, input: unknown, context: ExecuteContext) {
  return action.execute(action.input.parse(input), context);
}

export function preview(action: AnyAction, input: unknown, context: ExecuteContext) {
  return action.preview(action.input.parse(input), context);
}
