/** What should run: one row a service. */
export type Deployment = {
  readonly name: string;
  /** Entity ref of the component. */
  readonly component: string;
  readonly owner: string;
  readonly repository: string;
  readonly commit: string;
  readonly keyId: string;
  readonly isPublic: boolean;
  readonly runId: string;
  /** Idempotency key of the step that made it (I5). */
  readonly madeBy: string;
};

export function isSameWorkload(a: Deployment, b: Deployment): boolean {
  return a.madeBy === b.madeBy && a.commit === b.commit && a.keyId === b.keyId;
}
