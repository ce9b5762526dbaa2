import type { RunState } from "@causeway/contract";

export type NextMove = "start" | "retry" | "watch" | "approve" | "none";

/** What sets a run of each state going again. */
export const nextMoves = {
  draft: "none",
  previewed: "start",
  waiting_approval: "approve",
  ready: "start",
  running: "watch",
  waiting: "watch",
  failed: "retry",
  compensating: "watch",
  needs_human: "retry",
  done: "none",
  rolled_back: "none",
  cancelled: "none",
} as const satisfies Record<RunState, NextMove>;
