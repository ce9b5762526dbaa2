import { sql } from "kysely";
import type { Db, Tx } from "#platform/db/database";
import type { GatewayTables } from "../tables.ts";

export type BudgetWindowId = { readonly budgetId: string; readonly windowStart: Date };

/** One ask at a time for each budget and window, over all processes: what two asks see adds up. */
export async function lockWindow(tx: Tx, window: BudgetWindowId): Promise<void> {
  const name = `${window.budgetId} ${window.windowStart.toISOString()}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 6000))`.execute(tx);
}

export async function readGrants(
  tx: Tx,
  window: BudgetWindowId,
  gateway: string,
): Promise<{ readonly byAll: number; readonly byThis: number }> {
  const row = await tx
    .withTables<GatewayTables>()
    .selectFrom("gateway_grant")
    .select([
      sql<number>`coalesce(sum(granted_micro_usd), 0)::bigint`.as("byAll"),
      sql<number>`coalesce(sum(granted_micro_usd) filter (where gateway = ${gateway}), 0)::bigint`.as(
        "byThis",
      ),
    ])
    .where("budget_id", "=", window.budgetId)
    .where("window_start", "=", window.windowStart)
    .executeTakeFirstOrThrow();
  return row;
}

export async function writeGrant(
  tx: Tx,
  window: BudgetWindowId,
  grant: { readonly gateway: string; readonly grantedMicroUsd: number },
): Promise<void> {
  const row = { granted_micro_usd: grant.grantedMicroUsd, updated_at: new Date() }; // when, for people only
  await tx
    .withTables<GatewayTables>()
    .insertInto("gateway_grant")
    .values({
      budget_id: window.budgetId,
      window_start: window.windowStart,
      gateway: grant.gateway,
      ...row,
    })
    .onConflict((conflict) =>
      conflict.columns(["budget_id", "window_start", "gateway"]).doUpdateSet(row),
    )
    .execute();
}

export type WindowSpend = {
  readonly budgetId: string;
  readonly gateway: string;
  readonly realMicroUsd: number;
  readonly notionalMicroUsd: number;
};

/** What the ledger holds of these windows, a row for each gateway. */
export async function listWindowSpend(
  db: Db | Tx,
  windows: readonly BudgetWindowId[],
): Promise<WindowSpend[]> {
  if (windows.length === 0) return [];
  const pairs = sql.join(
    windows.map((window) => sql`(${window.budgetId}, ${window.windowStart}::timestamptz)`),
  );
  const { rows } = await sql<WindowSpend>`
    select budget_id as "budgetId", gateway,
      coalesce(sum(cost_micro_usd) filter (where not notional), 0)::bigint as "realMicroUsd",
      coalesce(sum(cost_micro_usd) filter (where notional), 0)::bigint as "notionalMicroUsd"
    from gateway_ledger where (budget_id, window_start) in (${pairs})
    group by budget_id, gateway`.execute(db);
  return rows;
}
