import { z } from "zod";

export const serviceHealth = z.enum([
  "starting",
  "healthy",
  "unhealthy",
  "restarting",
  "stopped",
  "failed",
  "unknown",
]);

/** `GET /api/services` → `{items}`; `GET /api/services/{name}` */
export const serviceView = z.strictObject({
  ref: z.string(),
  name: z.string(),
  owner: z.string(),
  /** Path of the ingress on the control plane: `/services/<name>/`. */
  ingress: z.string(),
  public: z.boolean(),
  commit: z.string(),
  repository: z.string(),
  health: serviceHealth,
  healthDetail: z.string().nullable(),
  startedAt: z.iso.datetime().nullable(),
  restarts: z.int(),
  runId: z.string().nullable(),
});
export type ServiceView = z.infer<typeof serviceView>;

/** `POST /api/services/{name}/restart`: no body, 202 ServiceView. */

/** `GET /api/services/{name}/logs?limit=&after=` → `{lines}`; with `accept: text/event-stream` it follows: one event
 *  `line` a line, its `id` is the line's `seq`. */
export const serviceLogLine = z.strictObject({
  seq: z.int(),
  at: z.iso.datetime(),
  stream: z.enum(["stdout", "stderr", "platform"]),
  text: z.string(),
});
export type ServiceLogLine = z.infer<typeof serviceLogLine>;
export const serviceLogList = z.strictObject({ lines: z.array(serviceLogLine) });
export const serviceLogQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
  after: z.coerce.number().int().nonnegative().default(0),
});
