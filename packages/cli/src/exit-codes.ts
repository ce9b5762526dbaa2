import type { RunState } from "@causeway/contract";

/** Scripts depend on these numbers. */
export const exitCodes = {
  done: 0,
  failed: 1,
  wrongUse: 2,
  refusedByPolicy: 3,
  waitingForApproval: 4,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const notDone: readonly RunState[] = ["failed", "needs_human", "rolled_back", "cancelled"];

export function exitCodeOfRun(state: RunState): ExitCode {
  if (state === "waiting_approval") return exitCodes.waitingForApproval;
  return notDone.includes(state) ? exitCodes.failed : exitCodes.done;
}

/** What an answer of the API with this status means to a script. */
export function exitCodeOfStatus(status: number): ExitCode {
  if (status === 400 || status === 422) return exitCodes.wrongUse;
  if (status === 403) return exitCodes.refusedByPolicy;
  return exitCodes.failed;
}
