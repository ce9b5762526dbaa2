import { canonicalJson, type PlanPreview, type RunState, type SavedPlan } from "@causeway/contract";
import { sql } from "kysely";
import type { Db, Tx } from "#platform/db/database";
import type { RunStep } from "../expand.ts";
import type { LogRow, PlanRow, RunRow, StepRow } from "../rows.ts";
import type { RunTables } from "../tables.ts";

export type NewRun = {
  readonly id: string;
  readonly principal: string;
  readonly state: "previewed" | "ready";
  readonly plan: SavedPlan;
  readonly planHash: string;
  readonly submission: { readonly id: string; readonly hash: string } | undefined;
  readonly preview: PlanPreview;
  readonly steps: readonly RunStep[];
};

/** What a person did with a run, for audit log and events. */
export type Told = {
  readonly what: "submitted" | "previewed" | "started" | "retried" | "cancelled";
  readonly detail: Readonly<Record<string, unknown>>;
};

/** One round trip. False when this principal has submitted under this id before. */
export async function insertRun(tx: Tx, run: NewRun, told: readonly Told[]): Promise<boolean> {
  const row = {
    // A text column takes neither NUL nor half a surrogate pair; the plan itself is kept as it came.
    title: run.plan.title.replaceAll("\0", "").toWellFormed(),
    state: run.state,
    principal: run.principal,
    templateRef: run.plan.source?.templateRef,
    submissionId: run.submission?.id,
    submissionHash: run.submission?.hash,
    planHash: run.planHash,
    steps: toStoredSteps(run.steps),
  };
  const tales = told.map(({ what, detail }) => ({ what, detail: canonicalJson(detail) }));
  const { rows } = await sql<{ isNew: boolean }>`
    select run_insert(${run.id}, ${JSON.stringify(row)}, ${JSON.stringify(run.plan)},
      ${JSON.stringify(run.preview)}, ${JSON.stringify(tales)}) as "isNew"`.execute(tx);
  return rows[0]?.isNew ?? false;
}

function toStoredSteps(steps: readonly RunStep[]) {
  return steps.map(({ id, planStep, iteration, dependsOn }, position) => ({
    id,
    position,
    planStep,
    iteration: iteration === null ? undefined : JSON.stringify(iteration),
    dependsOn,
  }));
}

/** The run was previewed anew and waits for a start again. */
export async function replacePreview(
  tx: Tx,
  runId: string,
  anew: { readonly preview: PlanPreview; readonly steps: readonly RunStep[] },
): Promise<void> {
  const runs = tx.withTables<RunTables>();
  await runs
    .updateTable("run_plan")
    .set({ preview: JSON.stringify(anew.preview) })
    .where("run_id", "=", runId)
    .execute();
  await runs.deleteFrom("run_step").where("run_id", "=", runId).execute();
  const steps = JSON.stringify(toStoredSteps(anew.steps));
  await sql`select run_write_steps(${runId}, ${steps})`.execute(tx);
  await runs
    .updateTable("run")
    .set({ steps_total: anew.steps.length })
    .where("id", "=", runId)
    .execute();
}

/** False when the run is not in that state any more. */
export async function makeReady(tx: Tx, runId: string): Promise<boolean> {
  const result = await tx
    .withTables<RunTables>()
    .updateTable("run")
    // Left for a second to whoever is woken for it, before the sweeper looks.
    .set({ state: "ready", lease_until: sql<Date>`clock_timestamp() + interval '1 second'` })
    .where("id", "=", runId)
    .where("state", "=", "previewed")
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Failed steps wait again and the run is anybody's to claim. False when it is not failed any more. */
export async function makeRetried(tx: Tx, runId: string): Promise<boolean> {
  const runs = tx.withTables<RunTables>();
  const result = await runs
    .updateTable("run")
    .set({
      state: "running",
      error: null,
      finished_at: null,
      // Raised so that the holder of the failed attempt can write nothing more.
      epoch: sql<number>`epoch + 1`,
      lease_until: sql<Date>`clock_timestamp() - interval '1 second'`,
    })
    .where("id", "=", runId)
    .where("state", "=", "failed")
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) return false;
  await runs
    .updateTable("run_step")
    .set({ state: "pending", error: null, finished_at: null, progress: null })
    .where("run_id", "=", runId)
    .where("state", "=", "failed")
    .execute();
  return true;
}

export async function makeCancelled(tx: Tx, runId: string): Promise<void> {
  await tx
    .withTables<RunTables>()
    .updateTable("run")
    .set({
      state: "cancelled",
      epoch: sql<number>`epoch + 1`,
      lease_until: null,
      finished_at: sql<Date>`clock_timestamp()`,
    })
    .where("id", "=", runId)
    .execute();
}

/** The run's row, locked until the transaction ends: nobody claims it or writes a boundary meanwhile. */
export async function lockRun(tx: Tx, runId: string): Promise<RunRow | undefined> {
  return tx
    .withTables<RunTables>()
    .selectFrom("run")
    .selectAll()
    .where("id", "=", runId)
    .forUpdate()
    .executeTakeFirst();
}

export async function findState(db: Db, runId: string): Promise<RunState | undefined> {
  const row = await db
    .withTables<RunTables>()
    .selectFrom("run")
    .select("state")
    .where("id", "=", runId)
    .executeTakeFirst();
  return row?.state;
}

export async function findRun(
  db: Db,
  runId: string,
): Promise<{ run: RunRow; plan: PlanRow; steps: StepRow[] } | undefined> {
  const runs = db.withTables<RunTables>();
  const row = await runs
    .selectFrom("run")
    .innerJoin("run_plan", "run_plan.run_id", "run.id")
    .selectAll()
    .where("run.id", "=", runId)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    run: row,
    plan: { plan: row.plan, preview: row.preview },
    steps: await listSteps(db, runId),
  };
}

export async function listSteps(db: Db, runId: string): Promise<StepRow[]> {
  return db
    .withTables<RunTables>()
    .selectFrom("run_step")
    .selectAll()
    .where("run_id", "=", runId)
    .orderBy("position")
    .execute();
}

export async function findSubmission(
  db: Db,
  principal: string,
  submissionId: string,
): Promise<RunRow | undefined> {
  return db
    .withTables<RunTables>()
    .selectFrom("run")
    .selectAll()
    .where("principal", "=", principal)
    .where("submission_id", "=", submissionId)
    .executeTakeFirst();
}

export type RunQuery = {
  readonly state: RunState | undefined;
  readonly templateRef: string | undefined;
  readonly limit: number;
  /** Only runs made before this one: ids sort by time. */
  readonly before: string | undefined;
};

export async function listRuns(db: Db, query: RunQuery): Promise<RunRow[]> {
  let select = db.withTables<RunTables>().selectFrom("run").selectAll();
  if (query.state !== undefined) select = select.where("state", "=", query.state);
  if (query.templateRef !== undefined)
    select = select.where("template_ref", "=", query.templateRef);
  if (query.before !== undefined) select = select.where("id", "<", query.before);
  return select.orderBy("id", "desc").limit(query.limit).execute();
}

export async function listLogs(
  db: Db,
  runId: string,
  page: { readonly after: number; readonly limit: number },
): Promise<LogRow[]> {
  return db
    .withTables<RunTables>()
    .selectFrom("run_log")
    .select(["seq", "at", "step_id", "level", "message"])
    .where("run_id", "=", runId)
    .where("seq", ">", page.after)
    .orderBy("seq")
    .limit(page.limit)
    .execute();
}

export type TemplateCounts = {
  readonly templateRef: string;
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
};

export async function countByTemplate(db: Db): Promise<TemplateCounts[]> {
  const { rows } = await sql<TemplateCounts>`
    select template_ref as "templateRef", count(*) as total,
           count(*) filter (where state = 'done') as succeeded,
           count(*) filter (where state = 'failed') as failed
      from run where template_ref is not null and state <> 'previewed'
     group by template_ref`.execute(db);
  return rows;
}

/** One round trip for audit log and event. */
export async function tell(
  tx: Tx,
  told: Told & { readonly runId: string; readonly actor: string },
): Promise<void> {
  const detail = canonicalJson(told.detail);
  await sql`select run_tell(${told.runId}, ${told.actor}, ${told.what}, ${detail})`.execute(tx);
}
