import type { PlanPreview, RunState, RunStreamEvent, ServiceAnswer } from "@causeway/contract";
import type { Failure } from "../failure.ts";

export type FormValue = {
  readonly title: string;
  readonly value: string;
  readonly isDefault: boolean;
};

/** What a start tells while it happens; `--json` prints one a line, `--detach` sends them to the waiting terminal. */
export type UpEvent =
  | {
      readonly kind: "step";
      readonly id: string;
      readonly title: string;
      readonly state: "started" | "done" | "failed";
      readonly detail?: string;
      readonly ms?: number;
    }
  | {
      readonly kind: "form";
      readonly goldenPath: string;
      readonly title: string;
      readonly values: readonly FormValue[];
    }
  | { readonly kind: "preview"; readonly run: string; readonly preview: PlanPreview }
  | { readonly kind: "run"; readonly run: string; readonly event: RunStreamEvent }
  | {
      readonly kind: "runEnded";
      readonly run: string;
      readonly state: RunState;
      readonly ms: number;
    }
  | { readonly kind: "answer"; readonly question: string; readonly answer: ServiceAnswer }
  | {
      readonly kind: "process";
      readonly name: string;
      readonly state: "restarting" | "running";
      readonly detail: string;
    }
  | {
      readonly kind: "ready";
      readonly portal: string;
      readonly signIn: string;
      readonly gateway: string;
      readonly service: string | null;
      readonly readyFile: string;
      /** What a person does to stop it. */
      readonly stopBy: string;
      readonly ms: number;
    }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "stopping" }
  | { readonly kind: "stopped"; readonly processes: readonly string[]; readonly ms: number };

export type Emit = (event: UpEvent) => void;

/** Does the work of one step between its `started` and its `done` or `failed`. `detailOf` says in a few words what came
 *  out of it. */
export async function emitStep<T>(
  emit: Emit,
  step: { readonly id: string; readonly title: string; readonly detailOf?: (result: T) => string },
  work: () => Promise<T>,
): Promise<T> {
  const { id, title } = step;
  const began = performance.now();
  emit({ kind: "step", id, title, state: "started" });
  try {
    const result = await work();
    const detail = step.detailOf?.(result);
    const ms = Math.round(performance.now() - began);
    emit({ kind: "step", id, title, state: "done", ms, ...(detail ? { detail } : {}) });
    return result;
  } catch (error) {
    const ms = Math.round(performance.now() - began);
    emit({ kind: "step", id, title, state: "failed", ms });
    throw error;
  }
}
