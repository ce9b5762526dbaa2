import { sql, type RawBuilder } from "kysely";
import type { UsageRecord } from "@causeway/contract";
import type { Db, Tx } from "#platform/db/database";
import type { GatewayTables } from "../tables.ts";

/** Each record once, however often it is delivered. Returns how many were new. Sorted by id: two deliveries at once lock
 *  rows in one order. */
export async function insertUsage(tx: Tx, records: readonly UsageRecord[]): Promise<number> {
  if (records.length === 0) return 0;
  const sorted = records.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const inserted = await tx
    .withTables<GatewayTables>()
    .insertInto("gateway_ledger")
    .values(sorted.map(toRow))
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .execute();
  return inserted.length;
}

function toRow(record: UsageRecord) {
  return {
    id: record.id,
    request_id: record.requestId,
    attempt: record.attempt,
    gateway: record.gateway,
    at: new Date(record.at),
    key_id: record.keyId,
    principal: record.principal,
    owner: record.owner,
    flow: record.flow,
    route: record.route,
    model: record.model,
    provider: record.provider,
    operation: record.operation,
    stream: record.stream,
    outcome: record.outcome,
    http_status: record.httpStatus,
    error_code: record.errorCode,
    input_tokens: record.inputTokens,
    output_tokens: record.outputTokens,
    estimated: record.estimated,
    cost_micro_usd: record.costMicroUsd,
    notional: record.notional,
    price_since: record.priceSince,
    budget_id: record.budgetId,
    window_start: record.windowStart === null ? null : new Date(record.windowStart),
    ttft_ms: record.ttftMs,
    duration_ms: record.durationMs,
    trace_id: record.traceId,
  };
}

export type RequestFilter = {
  readonly principal?: string | undefined;
  readonly traceId?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** The last row of the page before. */
  readonly after?: { readonly at: Date; readonly id: string } | undefined;
  readonly limit: number;
};

export async function listUsage(db: Db, filter: RequestFilter): Promise<UsageRecord[]> {
  let query = db
    .withTables<GatewayTables>()
    .selectFrom("gateway_ledger")
    .selectAll()
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(filter.limit);
  if (filter.principal !== undefined) query = query.where("principal", "=", filter.principal);
  if (filter.traceId !== undefined) query = query.where("trace_id", "=", filter.traceId);
  if (filter.from) query = query.where("at", ">=", filter.from);
  if (filter.to) query = query.where("at", "<", filter.to);
  if (filter.after) {
    query = query.where(sql<boolean>`(at, id) < (${filter.after.at}, ${filter.after.id})`);
  }
  const rows = await query.execute();
  return rows.map((row) => ({
    id: row.id,
    requestId: row.request_id,
    attempt: row.attempt,
    gateway: row.gateway,
    at: row.at.toISOString(),
    keyId: row.key_id,
    principal: row.principal,
    owner: row.owner,
    flow: row.flow,
    route: row.route,
    model: row.model,
    provider: row.provider,
    operation: row.operation,
    stream: row.stream,
    outcome: row.outcome,
    httpStatus: row.http_status,
    errorCode: row.error_code,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    estimated: row.estimated,
    costMicroUsd: row.cost_micro_usd,
    notional: row.notional,
    priceSince: row.price_since,
    budgetId: row.budget_id,
    windowStart: row.window_start?.toISOString() ?? null,
    ttftMs: row.ttft_ms,
    durationMs: row.duration_ms,
    traceId: row.trace_id,
  }));
}

export type UsageTotals = {
  readonly key: string;
  readonly requests: number;
  readonly failed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicroUsd: number;
  readonly notionalMicroUsd: number;
  readonly unpriced: number;
  readonly p50DurationMs: number | null;
  readonly p95DurationMs: number | null;
  readonly p50TtftMs: number | null;
};

const groupColumns = {
  principal: sql`principal`,
  owner: sql`owner`,
  model: sql`model`,
  route: sql`route`,
  provider: sql`provider`,
  flow: sql`coalesce(flow, '')`,
  day: sql`to_char(at at time zone 'UTC', 'YYYY-MM-DD')`,
  hour: sql`to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24":00Z"')`,
  total: sql`'total'`,
} satisfies Record<string, RawBuilder<unknown>>;

export type UsageFilter = {
  readonly groupBy: keyof typeof groupColumns;
  readonly from: Date;
  readonly to: Date;
  readonly principal?: string | undefined;
};

/** Real and notional money stand in columns of their own and are never added; unpriced attempts are counted beside both.
 *  A request is counted once however many targets it tried. */
export async function sumUsage(db: Db, filter: UsageFilter): Promise<UsageTotals[]> {
  const ofPrincipal =
    filter.principal === undefined ? sql`` : sql`and principal = ${filter.principal}`;
  const { rows } = await sql<UsageTotals>`
    select ${groupColumns[filter.groupBy]} as key,
      count(distinct request_id) as requests,
      count(*) filter (where outcome = 'failed') as failed,
      coalesce(sum(input_tokens), 0)::bigint as "inputTokens",
      coalesce(sum(output_tokens), 0)::bigint as "outputTokens",
      coalesce(sum(cost_micro_usd) filter (where not notional), 0)::bigint as "costMicroUsd",
      coalesce(sum(cost_micro_usd) filter (where notional), 0)::bigint as "notionalMicroUsd",
      count(*) filter (where cost_micro_usd is null) as unpriced,
      percentile_cont(0.5) within group (order by duration_ms) as "p50DurationMs",
      percentile_cont(0.95) within group (order by duration_ms) as "p95DurationMs",
      percentile_cont(0.5) within group (order by ttft_ms) as "p50TtftMs"
    from gateway_ledger
    where at >= ${filter.from} and at < ${filter.to} ${ofPrincipal}
    group by 1 order by 1`.execute(db);
  return rows;
}
