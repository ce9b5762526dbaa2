import { z } from "zod";

/** How a step is taken back (I6): exactly, as well as it goes, not at all, or nothing to take back because only
 *  budgeted money or compute was used. */
export const undoClass = z.enum(["restore", "compensate", "none", "spend"]);
export type UndoClass = z.infer<typeof undoClass>;

export const actionEffects = z.strictObject({
  writes: z.array(z.string()),
  reads: z.array(z.string()),
  risk: z.enum(["low", "medium", "high"]),
  undo: undoClass,
  cost: z.enum(["none", "monthly", "usage"]),
});
export type ActionEffects = z.infer<typeof actionEffects>;

/** One thing that a step would change or changed. */
export const change = z.strictObject({
  verb: z.enum(["create", "update", "delete", "use"]),
  /** file, entity, repository, key, budget, vector-store, documents, prompt, deployment … */
  kind: z.string(),
  /** The object's address in the platform's words: an entity ref, a path, a repository. */
  ref: z.string(),
  /** One line for people. */
  detail: z.string().optional(),
  /** Unified diff, or the new content, where the object is text. */
  diff: z.string().optional(),
});
export type Change = z.infer<typeof change>;

/** What the preview saw of a resource; `null` = absent. Checked again before the start (I3). */
export const resourceVersion = z.strictObject({ ref: z.string(), version: z.string().nullable() });
export type ResourceVersion = z.infer<typeof resourceVersion>;

/** `null` = unknown, shown as unknown (I12). */
export const cost = z.strictObject({
  monthlyMicroUsd: z.int().nullable(),
  onceMicroUsd: z.int().nullable(),
  notional: z.boolean(),
});
export type Cost = z.infer<typeof cost>;
export const noCost: Cost = { monthlyMicroUsd: 0, onceMicroUsd: 0, notional: false };

export type ActionPreview<Output> = {
  /** One line: what this step would do. */
  readonly summary: string;
  readonly changes: readonly Change[];
  readonly resources: readonly ResourceVersion[];
  readonly cost: Cost;
  /** What later steps may already know of this step's output. */
  readonly output: Partial<Output>;
};

/** Folder in a run's workspace where actions keep notes of their own: what was begun, and in a preview what an earlier
 *  step would have made. Never part of what is published. */
export const workspaceNotes = ".causeway-run";

export type LogLevel = "debug" | "info" | "warn" | "error";

export type StepContext = {
  readonly runId: string;
  readonly stepId: string;
  /** Who submitted the run: a full entity ref. */
  readonly principal: string;
  /** Directory of this run (in a preview: of this preview). Survives a crash; steps hand files on through it. */
  readonly workspace: string;
  readonly signal: AbortSignal;
};

export type ExecuteContext = StepContext & {
  /** `run:step:direction`. Executing twice under one key has the effect of once (I5). */
  readonly idempotencyKey: string;
  readonly log: (level: LogLevel, message: string) => void;
  readonly progress: (done: number, total: number, unit: string) => void;
  /** Named place where a fault test may kill the process; nothing otherwise. Name: `<action id>:<what was just done>`. */
  readonly crashPoint: (name: string) => void;
};

export type ActionResult<Output, Undo> = {
  readonly output: Output;
  /** What `undo` needs; stored with the step, so it holds no secret. */
  readonly undo: Undo;
};

/** A typed action of the registry. `execute` writes its effect idempotently under `ctx.idempotencyKey`; the engine then
 *  records the step boundary in one transaction (I4). A thrown `PlatformError` is shown to people as it is. */
export type ActionDefinition<I extends z.ZodType, O extends z.ZodType, U extends z.ZodType> = {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly description?: string;
  readonly input: I;
  readonly output: O;
  readonly undoRecord: U;
  /** Members of the input that are data, never evaluated: the `${{ }}` of a Template entity belongs to the runs that
   *  will be made from it, not to the run that stores it. */
  readonly literalInput?: readonly string[];
  readonly effects: ActionEffects;
  /** Never changes anything but `ctx.workspace`. */
  preview(input: z.output<I>, ctx: StepContext): Promise<ActionPreview<z.output<O>>>;
  execute(input: z.output<I>, ctx: ExecuteContext): Promise<ActionResult<z.output<O>, z.output<U>>>;
  /** Idempotent. Not called for `none` and `spend`. */
  undo?(record: z.output<U>, ctx: ExecuteContext): Promise<void>;
};

/** An action whose schemas are forgotten, as the registry keeps it; its edges parse. */
export type AnyAction = ActionDefinition<z.ZodType, z.ZodType, z.ZodType>;

export function defineAction<I extends z.ZodType, O extends z.ZodType, U extends z.ZodType>(
  definition: ActionDefinition<I, O, U>,
): AnyAction {
  return definition;
}
