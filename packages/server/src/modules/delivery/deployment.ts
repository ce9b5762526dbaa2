import { z } from "zod";

/** What should run: one row a service. */
export const deployment = z.strictObject({
  name: z.string(),
  /** Entity ref of the component. */
  component: z.string(),
  owner: z.string(),
  repository: z.string(),
  commit: z.string(),
  keyId: z.string(),
  isPublic: z.boolean(),
  runId: z.string(),
  /** Idempotency key of the step that made it (I5). */
  madeBy: z.string(),
});
export type Deployment = z.infer<typeof deployment>;

export function isSameWorkload(a: Deployment, b: Deployment): boolean {
  return a.madeBy === b.madeBy && a.commit === b.commit && a.keyId === b.keyId;
}
