import { join } from "node:path";
import {
  ConflictError,
  defineAction,
  entityName,
  entityRef,
  noCost,
  UnavailableError,
  type ActionPreview,
  type AnyAction,
  type ExecuteContext,
} from "@causeway/contract";
import { z } from "zod";
import { recordEvent } from "#modules/events";
import type { Db } from "#platform/db/database";
import { deployment, type Deployment } from "../deployment.ts";
import { manifestFile, parseManifest, type Manifest } from "../manifest.ts";
import { deleteDeployment, findDeployment, putDeployment } from "../store.ts";
import { isRunning, type Supervisor } from "../supervisor/supervisor.ts";
import { assertCommit, checkOut, readFileOf, removeCopy, type CheckoutDeps } from "./checkout.ts";

const input = z.strictObject({
  name: entityName,
  owner: entityRef,
  component: entityRef,
  repository: entityName,
  commit: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "give the full hash of a commit"),
  keyId: z.string().min(1),
  public: z.boolean().default(false),
});
type Input = z.output<typeof input>;

const output = z.strictObject({ url: z.string(), healthy: z.boolean() });
type Output = z.output<typeof output>;

const undoRecord = z.strictObject({
  name: z.string(),
  commit: z.string(),
  madeBy: z.string(),
  previous: deployment.nullable(),
});
type UndoRecord = z.output<typeof undoRecord>;

export type ServiceDeployDeps = CheckoutDeps & {
  readonly db: Db;
  readonly supervisor: Supervisor;
  /** Origin of the control plane, where the ingress is. */
  readonly controlOrigin: () => string;
};

/** Includes the time Deno needs on a machine under load; a service is up in a tenth of a second otherwise. */
const healthDeadlineMs = 30_000;

export function serviceDeploy(deps: ServiceDeployDeps): AnyAction {
  return defineAction({
    id: "service:deploy",
    version: 1,
    title: "Start a service",
    description: "Runs a commit in the sandbox, behind the ingress, under its own key.",
    input,
    output,
    undoRecord,
    effects: {
      writes: ["deployment"],
      reads: ["repository"],
      risk: "medium",
      undo: "restore",
      cost: "none",
    },
    preview: (input) => preview(deps, input),
    execute: (input, ctx) => execute(deps, input, ctx),
    undo: (record, ctx) => restore(deps, record, ctx),
  });
}

async function preview(deps: ServiceDeployDeps, input: Input): Promise<ActionPreview<Output>> {
  await assertCommit(deps, input);
  const text = await readFileOf(deps, input, manifestFile);
  const manifest = text === undefined ? undefined : parseManifest(text);
  const current = await findDeployment(deps.db, input.name);
  assertSameComponent(current?.deployment, input);
  const verb = current ? ("update" as const) : ("create" as const);
  const from = current ? `from commit ${short(current.deployment.commit)} to` : "from commit";
  return {
    summary: `Run ${input.name} ${from} ${short(input.commit)}: ${describe(manifest)}`,
    changes: [
      {
        verb,
        kind: "deployment",
        ref: `service:${input.name}`,
        detail: `${describe(manifest)}; ${input.public ? "open to everybody" : "for signed-in callers"}`,
      },
    ],
    resources: [
      { ref: `service:${input.name}`, version: current?.deployment.commit ?? null },
      { ref: `causeway-git:${input.repository}@${input.commit}`, version: input.commit },
    ],
    cost: noCost,
    output: { url: urlOf(deps, input.name) },
  };
}

function describe(manifest: Manifest | undefined): string {
  if (!manifest) return `the commit has no ${manifestFile}, so it would not start`;
  const reach = manifest.egress.map((to) =>
    to.kind === "gateway" ? "the gateway" : `${to.host}:${to.port}`,
  );
  return `may reach ${reach.join(", ") || "nothing"}; ${manifest.limits.memoryMiB} MiB of memory`;
}

async function execute(deps: ServiceDeployDeps, input: Input, ctx: ExecuteContext) {
  const stored = await findDeployment(deps.db, input.name);
  const isDone = stored?.deployment.madeBy === ctx.idempotencyKey;
  assertSameComponent(stored?.deployment, input);
  const previous = isDone ? stored.previous : (stored?.deployment ?? null);
  const wanted = toDeployment(input, ctx);
  await checkOut(deps, wanted, ctx.signal);
  ctx.crashPoint("service:deploy:copy-ready");
  if (isDone && isRunning(deps.supervisor, wanted)) {
    // A kill came between the record and the step's end; the supervisor has started it since.
    await awaitHealthy(deps, wanted, ctx);
  } else {
    await bringUp(deps, { wanted, previous, isRecorded: isDone }, ctx);
  }
  ctx.log("info", `${input.name} is healthy at commit ${short(input.commit)}`);
  return {
    output: { url: urlOf(deps, input.name), healthy: true },
    undo: { name: input.name, commit: input.commit, madeBy: ctx.idempotencyKey, previous },
  };
}

type BringUp = {
  readonly wanted: Deployment;
  readonly previous: Deployment | null;
  readonly isRecorded: boolean;
};

/** Starts the new beside the old. Only a healthy one is recorded and takes over; when it is not, nothing has changed. */
async function bringUp(deps: ServiceDeployDeps, step: BringUp, ctx: ExecuteContext): Promise<void> {
  const { supervisor } = deps;
  const { wanted } = step;
  const workload = await supervisor.tryOut(wanted, ctx.signal);
  try {
    ctx.log("info", `${wanted.name} is starting`);
    await workload.awaitHealthy({ giveUpAfter: 3, signal: deadline(ctx) });
    ctx.crashPoint("service:deploy:healthy");
    if (!step.isRecorded) {
      await deps.db.transaction().execute(async (tx) => {
        await putDeployment(tx, wanted, step.previous);
        await recordEvent(tx, {
          type: "dev.causeway.service.deployed",
          subject: wanted.component,
          principal: ctx.principal,
          data: { name: wanted.name, commit: wanted.commit, runId: wanted.runId },
        });
      });
    }
    ctx.crashPoint("service:deploy:recorded");
  } catch (error) {
    await supervisor.discard(workload);
    if (ctx.signal.aborted) throw error;
    throw await explainUnhealthy(deps, wanted, error);
  }
  await supervisor.adopt(workload);
}

async function awaitHealthy(
  deps: ServiceDeployDeps,
  wanted: Deployment,
  ctx: ExecuteContext,
): Promise<void> {
  try {
    const workload = deps.supervisor.find(wanted.name);
    await workload?.awaitHealthy({ giveUpAfter: 3, signal: deadline(ctx) });
  } catch (error) {
    throw await explainUnhealthy(deps, wanted, error);
  }
}

function deadline(ctx: ExecuteContext): AbortSignal {
  return AbortSignal.any([ctx.signal, AbortSignal.timeout(healthDeadlineMs)]);
}

async function explainUnhealthy(
  deps: ServiceDeployDeps,
  wanted: Deployment,
  cause: unknown,
): Promise<UnavailableError> {
  const output = await deps.supervisor.logOf(wanted.name);
  const lines = output.list({ after: 0, limit: 12 }).map((line) => `  ${line.text.slice(0, 500)}`);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UnavailableError({
    code: "service_not_healthy",
    message: `${wanted.name} did not become healthy: ${reason}\nIts last lines:\n${lines.join("\n")}`,
    fix: `GET /api/services/${wanted.name}/logs has all lines. Mend the service and commit, or retry when the reason has passed.`,
    cause,
  });
}

/** Back to what ran before, or to nothing. A deployment made later by another run stays. */
async function restore(
  deps: ServiceDeployDeps,
  record: UndoRecord,
  ctx: ExecuteContext,
): Promise<void> {
  const { name, madeBy, previous } = record;
  const stored = await findDeployment(deps.db, name);
  if (stored?.deployment.madeBy === madeBy) {
    if (previous) await bringBack(deps, previous, ctx);
    else {
      await deps.db.transaction().execute((tx) => deleteDeployment(tx, name));
      ctx.crashPoint("service:deploy:record-removed");
    }
  }
  const now = await findDeployment(deps.db, name);
  if (!now) await deps.supervisor.remove(name);
  if (now?.deployment.commit !== record.commit) {
    await removeCopy(join(deps.services, name, record.commit));
  }
  ctx.log(
    "info",
    now ? `${name} runs commit ${short(now.deployment.commit)}` : `${name} is stopped`,
  );
}

async function bringBack(
  deps: ServiceDeployDeps,
  previous: Deployment,
  ctx: ExecuteContext,
): Promise<void> {
  await checkOut(deps, previous, ctx.signal);
  const workload = await deps.supervisor.tryOut(previous, ctx.signal);
  try {
    await workload.awaitHealthy({ giveUpAfter: 3, signal: deadline(ctx) });
    await deps.db.transaction().execute((tx) => putDeployment(tx, previous, null));
    ctx.crashPoint("service:deploy:record-restored");
  } catch (error) {
    await deps.supervisor.discard(workload);
    throw await explainUnhealthy(deps, previous, error);
  }
  await deps.supervisor.adopt(workload);
}

function toDeployment(input: Input, ctx: ExecuteContext): Deployment {
  return {
    name: input.name,
    component: input.component,
    owner: input.owner,
    repository: input.repository,
    commit: input.commit,
    keyId: input.keyId,
    isPublic: input.public,
    runId: ctx.runId,
    madeBy: ctx.idempotencyKey,
  };
}

function assertSameComponent(current: Deployment | undefined, input: Input): void {
  if (!current || current.component === input.component) return;
  throw new ConflictError({
    code: "name_taken",
    message: `The name ${input.name} is already taken by the service of ${current.component}`,
    fix: "Choose another name, or undo that deployment first.",
    issues: [{ path: "name", message: `"${input.name}" is already taken by ${current.component}` }],
  });
}

function urlOf(deps: ServiceDeployDeps, name: string): string {
  return `${deps.controlOrigin()}/services/${name}/`;
}

function short(commit: string): string {
  return commit.slice(0, 12);
}
