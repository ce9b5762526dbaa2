import {
  canonicalJson,
  isRunAtRest,
  planPreview,
  savedPlan,
  type Plan,
  type RunLogLine,
  type RunSummary,
  type RunView,
  type SavedPlan,
} from "@causeway/contract";
import type { CrashPoint } from "#platform/crash-points";
import type { Db } from "#platform/db/database";
import { isPassing } from "#platform/db/passing-errors";
import { newId, sha256 } from "#platform/ids";
import type { Queue } from "#platform/queue";
import { assertAdmin, type Principal } from "../../http/principal.ts";
import { wakeQueue, type Worker } from "./engine/claim.ts";
import { createBell, type RunSignals } from "./engine/signals.ts";
import { withPreviewWorkspace } from "./engine/workspace-store.ts";
import { hashPlan, savePlan } from "./plan.ts";
import { previewPlan } from "./preview.ts";
import { findMoved, type Previewed } from "./preview-summary.ts";
import {
  actionChanged,
  noSuchRun,
  notFailed,
  notPreviewed,
  planChanged,
  refuseCancel,
  resourcesMoved,
  submissionReused,
} from "./refusals.ts";
import type { ActionRegistry } from "./registry.ts";
import { toLogLine, toRunStep, toSummary, toView } from "./rows.ts";
import {
  countByTemplate,
  findRun,
  findState,
  findSubmission,
  insertRun,
  listLogs,
  listRuns,
  listSteps,
  lockRun,
  makeCancelled,
  makeReady,
  makeRetried,
  replacePreview,
  tell,
  type NewRun,
  type RunQuery,
  type TemplateCounts,
  type Told,
} from "./store/runs.ts";

export type ServiceDeps = {
  readonly db: Db;
  readonly queue: Queue;
  readonly registry: ActionRegistry;
  readonly worker: Worker;
  readonly signals: RunSignals;
  readonly workspaces: string;
  readonly crashPoint: CrashPoint;
};

export type SubmitOptions = {
  readonly start?: boolean;
  readonly submissionId?: string | undefined;
};

export type RunService = {
  /** The previewed run; with `start` the started one, and a harmless single step's run when it has ended. */
  submit(plan: Plan, principal: Principal, options?: SubmitOptions): Promise<RunView>;
  /** As `submit` would answer, but nothing is kept: `id` is empty. */
  previewOnly(plan: Plan, principal: Principal): Promise<RunView>;
  start(runId: string, planHash: string, principal: Principal): Promise<RunView>;
  retry(runId: string, principal: Principal): Promise<RunView>;
  cancel(runId: string, principal: Principal): Promise<RunView>;
  /** The run when nothing moves any more without somebody asking, or as it stands when `signal` aborts. */
  untilAtRest(runId: string, signal: AbortSignal): Promise<RunView>;
  find(runId: string): Promise<RunView | undefined>;
  get(runId: string): Promise<RunView>;
  list(query: RunQuery): Promise<{ items: RunSummary[]; nextCursor: string | null }>;
  listLogs(runId: string, page: { after: number; limit: number }): Promise<RunLogLine[]>;
  countByTemplate(): Promise<TemplateCounts[]>;
};

export function createRunService(deps: ServiceDeps): RunService {
  const get = async (runId: string): Promise<RunView> => {
    const rows = await findRun(deps.db, runId);
    if (!rows) throw noSuchRun(runId);
    return toView(rows);
  };
  return {
    submit: (plan, principal, options = {}) =>
      submit(deps, { plan, principal, ...options }).then(get),
    previewOnly: (plan, principal) => previewOnly(deps, plan, principal),
    start: (runId, planHash, principal) =>
      start(deps, { runId, planHash, principal }).then(() => get(runId)),
    retry: (runId, principal) => retry(deps, runId, principal).then(() => get(runId)),
    cancel: (runId, principal) => cancel(deps, runId, principal).then(() => get(runId)),
    untilAtRest: (runId, signal) => untilAtRest(deps, runId, signal).then(() => get(runId)),
    find: async (runId) => {
      const rows = await findRun(deps.db, runId);
      return rows && toView(rows);
    },
    get,
    list: async (query) => {
      const rows = await listRuns(deps.db, query);
      const nextCursor = rows.length === query.limit ? (rows.at(-1)?.id ?? null) : null;
      return { items: rows.map(toSummary), nextCursor };
    },
    listLogs: async (runId, page) => (await listLogs(deps.db, runId, page)).map(toLogLine),
    countByTemplate: () => countByTemplate(deps.db),
  };
}

type Submission = SubmitOptions & { readonly plan: Plan; readonly principal: Principal };

/** Answers the run's id. */
async function submit(deps: ServiceDeps, submission: Submission): Promise<string> {
  const { plan, principal, submissionId } = submission;
  assertAdmin(principal);
  const submittedHash = sha256(canonicalJson(plan));
  const earlier = await findEarlier(deps.db, submission, submittedHash);
  if (earlier !== undefined) return earlier;

  const saved = savePlan(plan, deps.registry);
  const runId = newId("run");
  const previewed = await preview(deps, saved, { runId, principal });
  const isStarted = submission.start === true;
  const isInline = isStarted && isHarmless(saved, deps.registry);
  const planHash = hashPlan(saved, sha256);
  const run: NewRun = {
    id: runId,
    principal: principal.ref,
    state: isStarted ? "ready" : "previewed",
    plan: saved,
    planHash,
    submission: submissionId === undefined ? undefined : { id: submissionId, hash: submittedHash },
    ...previewed,
  };
  const isInserted = await deps.db.transaction().execute(async (tx) => {
    if (!(await insertRun(tx, run, toldOf(run)))) return false;
    // Who runs it inline needs nobody woken; the sweeper is the safety net.
    if (isStarted && !isInline) await deps.queue.send(tx, wakeQueue, { runId });
    deps.crashPoint("runs:submit:before-commit");
    return true;
  });
  if (!isInserted) return (await findEarlier(deps.db, submission, submittedHash)) ?? runId;
  deps.crashPoint("runs:submit:after-commit");
  if (isInline) await runInline(deps, runId);
  else if (isStarted) deps.worker.wake(runId);
  return runId;
}

function toldOf({ state, plan, planHash }: NewRun): Told[] {
  const templateRef = plan.source?.templateRef ?? null;
  const submitted: Told = {
    what: "submitted",
    detail: { planHash, title: plan.title, templateRef },
  };
  return state === "ready" ? [submitted, { what: "started", detail: { planHash } }] : [submitted];
}

/** The same submission again is the same run; the same id with another plan is a mistake. */
async function findEarlier(
  db: Db,
  { principal, submissionId }: Submission,
  submittedHash: string,
): Promise<string | undefined> {
  if (submissionId === undefined) return undefined;
  const earlier = await findSubmission(db, principal.ref, submissionId);
  if (earlier && earlier.submission_hash !== submittedHash) {
    throw submissionReused(submissionId, earlier.id);
  }
  return earlier?.id;
}

/** Should another process have got it after all, that one is waited for a while. */
async function runInline(deps: ServiceDeps, runId: string): Promise<void> {
  await deps.worker.runNow(runId);
  await untilAtRest(deps, runId, AbortSignal.timeout(inlineWaitMs));
}

const inlineWaitMs = 10_000;

/** Truth is read from the table; a signal only says when to look. */
async function untilAtRest(deps: ServiceDeps, runId: string, signal: AbortSignal): Promise<void> {
  const bell = createBell();
  const unwatch = deps.signals.watch(runId, bell.ring);
  try {
    while (!signal.aborted) {
      const state = await findState(deps.db, runId).catch(ifPassing);
      if (state === undefined) throw noSuchRun(runId);
      if (state !== "not known now" && isRunAtRest(state)) return;
      await bell.wait(lookAgainMs, signal);
    }
  } finally {
    unwatch();
  }
}

/** The run goes on while the database restarts; so does who waits for it. */
function ifPassing(error: unknown): "not known now" {
  if (isPassing(error)) return "not known now";
  throw error;
}

/** Signals may be lost. */
const lookAgainMs = 1_000;

/** A plan of one step that risks little and can be taken back exactly answers when it is done (I1). */
function isHarmless(plan: SavedPlan, registry: ActionRegistry): boolean {
  const [step, ...others] = plan.steps;
  if (!step || others.length > 0) return false;
  const effects = registry.find(step.action, step.version)?.action.effects;
  return effects?.risk === "low" && (effects.undo === "restore" || effects.undo === "spend");
}

async function previewOnly(deps: ServiceDeps, plan: Plan, principal: Principal): Promise<RunView> {
  assertAdmin(principal);
  const saved = savePlan(plan, deps.registry);
  const runId = newId("preview");
  const previewed = await preview(deps, saved, { runId, principal });
  const none = { error: null, output: null, started_at: null, finished_at: null };
  const run = {
    ...none,
    id: "",
    title: saved.title,
    state: "previewed" as const,
    principal: principal.ref,
    template_ref: saved.source?.templateRef ?? null,
    plan_hash: hashPlan(saved, sha256),
    submission_hash: null,
    created_at: new Date(),
    steps_total: previewed.steps.length,
    steps_done: 0,
  };
  const steps = previewed.steps.map((step) => ({
    ...none,
    id: step.id,
    plan_step: step.planStep,
    iteration: step.iteration,
    depends_on: step.dependsOn,
    state: "pending" as const,
    attempt: 0,
    progress: null,
  }));
  return toView({ run, plan: { plan: saved, preview: previewed.preview }, steps });
}

async function preview(
  deps: ServiceDeps,
  plan: SavedPlan,
  { runId, principal }: { readonly runId: string; readonly principal: Principal },
): Promise<Previewed> {
  return withPreviewWorkspace(deps.workspaces, newId("preview"), (workspace) =>
    previewPlan(plan, {
      registry: deps.registry,
      runId,
      principal: principal.ref,
      workspace,
      signal: AbortSignal.timeout(previewTimeoutMs),
    }),
  );
}

const previewTimeoutMs = 60_000;

type Start = { readonly runId: string; readonly planHash: string; readonly principal: Principal };

/** What was previewed is what runs (I3): under the hash that was looked at, with actions as planned, and only while
 *  every resource is as the preview saw it. */
async function start(deps: ServiceDeps, { runId, planHash, principal }: Start): Promise<void> {
  assertAdmin(principal);
  const rows = await findRun(deps.db, runId);
  if (!rows) throw noSuchRun(runId);
  if (rows.run.plan_hash !== planHash) throw planChanged(runId, rows.run.plan_hash);
  if (rows.run.state !== "previewed") throw notPreviewed(runId, rows.run.state);
  const plan = savedPlan.parse(rows.plan.plan);
  assertActionsAsPlanned(runId, plan, deps.registry);

  const before = {
    preview: planPreview.parse(rows.plan.preview),
    steps: rows.steps.map(toRunStep),
  };
  const after = await preview(deps, plan, { runId, principal });
  const moved = findMoved(before, after);
  if (moved.length > 0) {
    await deps.db.transaction().execute(async (tx) => {
      const run = await lockRun(tx, runId);
      if (run?.state !== "previewed") throw notPreviewed(runId, run?.state ?? "cancelled");
      await replacePreview(tx, runId, after);
      await tell(tx, { runId, actor: principal.ref, what: "previewed", detail: { moved } });
    });
    deps.signals.changed(runId);
    throw resourcesMoved(runId, moved);
  }
  await deps.db.transaction().execute(async (tx) => {
    if (!(await makeReady(tx, runId))) {
      throw notPreviewed(runId, (await lockRun(tx, runId))?.state ?? "cancelled");
    }
    await tell(tx, { runId, actor: principal.ref, what: "started", detail: { planHash } });
    // The job wakes a worker of any process; it is written with the state that it tells about.
    await deps.queue.send(tx, wakeQueue, { runId });
    deps.crashPoint("runs:start:before-commit");
  });
  deps.crashPoint("runs:start:after-commit");
  deps.signals.changed(runId);
  deps.worker.wake(runId);
}

function assertActionsAsPlanned(runId: string, plan: SavedPlan, registry: ActionRegistry): void {
  for (const step of plan.steps) {
    const registered = registry.find(step.action, step.version);
    if (registered?.inputSchemaHash !== step.inputSchemaHash) {
      throw actionChanged(runId, `${step.action}@${step.version}`);
    }
  }
}

/** From the failed step on; what is done stays done. */
async function retry(deps: ServiceDeps, runId: string, principal: Principal): Promise<void> {
  assertAdmin(principal);
  await deps.db.transaction().execute(async (tx) => {
    const run = await lockRun(tx, runId);
    if (!run) throw noSuchRun(runId);
    if (!(await makeRetried(tx, runId))) throw notFailed(runId, run.state);
    await tell(tx, { runId, actor: principal.ref, what: "retried", detail: {} });
    await deps.queue.send(tx, wakeQueue, { runId });
    deps.crashPoint("runs:retry:before-commit");
  });
  deps.crashPoint("runs:retry:after-commit");
  deps.signals.changed(runId);
  deps.worker.wake(runId);
}

async function cancel(deps: ServiceDeps, runId: string, principal: Principal): Promise<void> {
  assertAdmin(principal);
  await deps.db.transaction().execute(async (tx) => {
    const run = await lockRun(tx, runId);
    if (!run) throw noSuchRun(runId);
    const refusal = refuseCancel({ ...run, steps: await listSteps(tx, runId) });
    if (refusal) throw refusal;
    await makeCancelled(tx, runId);
    await tell(tx, { runId, actor: principal.ref, what: "cancelled", detail: {} });
    deps.crashPoint("runs:cancel:before-commit");
  });
  deps.crashPoint("runs:cancel:after-commit");
  deps.signals.changed(runId);
}
