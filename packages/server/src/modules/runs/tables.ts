import type { RunState, StepState } from "@causeway/contract";
import type { Generated, JSONColumnType } from "kysely";

/** JSON columns are `json`, written as text and parsed where they are read. */
type Stored = JSONColumnType<object, string | null, string | null> | null;

export type RunTables = {
  run: {
    id: string;
    title: string;
    state: RunState;
    principal: string;
    template_ref: string | null;
    submission_id: string | null;
    submission_hash: string | null;
    plan_hash: string;
    error: Stored;
    output: Stored;
    created_at: Generated<Date>;
    started_at: Date | null;
    finished_at: Date | null;
    steps_total: Generated<number>;
    steps_done: Generated<number>;
    epoch: Generated<number>;
    boundary: Generated<number>;
    holder: string | null;
    lease_until: Date | null;
  };
  run_plan: { run_id: string; plan: Stored; preview: Stored };
  run_step: {
    run_id: string;
    id: string;
    position: number;
    plan_step: string;
    iteration: Stored;
    depends_on: string[];
    state: Generated<StepState>;
    attempt: Generated<number>;
    started_at: Date | null;
    finished_at: Date | null;
    progress: Stored;
    output: Stored;
    undo: Stored;
    error: Stored;
  };
  run_log: {
    run_id: string;
    seq: number;
    at: Date;
    step_id: string | null;
    level: string;
    message: string;
  };
};
