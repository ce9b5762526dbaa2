import { z } from "zod";
import { actionEffects } from "../action.ts";
import { plan } from "../plan.ts";
import { runLogLine, runState, runSummary } from "../run.ts";

/** `POST /api/runs` → 201 RunView in state `previewed`. With `start: true` a plan is started at once under the hash it
 *  was just previewed with; the answer waits for a plan of harmless steps (inline) and is 202 otherwise. */
export const createRun = z.strictObject({
  plan,
  start: z.boolean().default(false),
  /** Submitting twice under one id is one run. */
  submissionId: z.string().min(8).max(100).optional(),
});

/** `POST /api/runs/{id}/start` → 202 RunView. 409 `plan_changed` when the hash differs, 409 `resources_moved` when the
 *  preview is stale (the run is previewed anew). */
export const startRun = z.strictObject({ planHash: z.string() });

/** `GET /api/runs?state=&templateRef=&limit=&cursor=` → newest first. */
export const runList = z.strictObject({
  items: z.array(runSummary),
  nextCursor: z.string().nullable(),
});
export const runListQuery = z.strictObject({
  state: runState.optional(),
  templateRef: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().optional(),
});
/** `POST /api/runs/{id}/retry` (from the failed step), `POST /api/runs/{id}/cancel`: no body, 202 RunView. */

/** `GET /api/runs/{id}/logs?after=&limit=` → in order of `seq`; `nextAfter` is null at the end of what there is now. */
export const runLogQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(5_000).default(1_000),
});
export const runLogList = z.strictObject({
  items: z.array(runLogLine),
  nextAfter: z.int().nullable(),
});

/** `GET /api/runs/{id}/events?afterLog=`; a reconnecting browser's `Last-Event-ID` counts when it is absent. */
export const runEventsQuery = z.strictObject({
  afterLog: z.coerce.number().int().min(0).optional(),
});

/** `GET /api/actions` → `{items}` */
export const actionView = z.strictObject({
  id: z.string(),
  version: z.int(),
  title: z.string(),
  description: z.string(),
  effects: actionEffects,
  inputSchema: z.record(z.string(), z.json()),
});
export type ActionView = z.infer<typeof actionView>;
export const actionList = z.strictObject({ items: z.array(actionView) });
