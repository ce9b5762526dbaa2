import type { SnapshotBudget, UsageRecord } from "@causeway/contract";
import type { Log } from "#platform/log";
import type { BudgetBook } from "./budget-book.ts";
import type { Delivery } from "./usage-client.ts";
import type { Journal } from "./journal-store.ts";
import type { BudgetHold, Leases } from "./lease-client.ts";
import type { Metrics } from "./metrics.ts";
import type { RecentRequests } from "./recent-requests.ts";
import type { WorstCase } from "./plan-attempts.ts";
import { toUnspent } from "./usage-record.ts";

export type AccountingDeps = {
  readonly log: Log;
  readonly book: BudgetBook;
  readonly leases: Leases;
  readonly journal: Journal;
  readonly delivery: Pick<Delivery, "notice">;
  readonly recent: RecentRequests;
  readonly metrics: Metrics;
};
export type Accounting = ReturnType<typeof createAccounting>;

/** An attempt that is paid for until it settles. */
export type OpenAttempt = {
  readonly reservation: UsageRecord;
  readonly hold: BudgetHold | undefined;
};

/** Reserve, write down, settle: the one place where money changes in this process (I8). */
export function createAccounting(deps: AccountingDeps) {
  const settled = new WeakSet<OpenAttempt>();
  return {
    /** Holds the worst case in the budget and on disk; throws the refusal when one of them cannot. */
    open: async (
      budget: SnapshotBudget | undefined,
      worst: WorstCase,
      toReservation: (windowStart: string | null) => UsageRecord,
    ): Promise<OpenAttempt> => {
      const hold = budget && (await deps.leases.reserve(budget, worst.costMicroUsd ?? 0));
      const reservation = toReservation(hold?.account.windowStart ?? null);
      try {
        deps.journal.reserve(worst.isLostUnspent ? toUnspent(reservation) : reservation);
      } catch (error) {
        if (hold) deps.leases.settle(hold, 0);
        throw error;
      }
      return { reservation, hold };
    },
    /** Settling twice changes nothing. */
    settle: (attempt: OpenAttempt, record: UsageRecord): void => {
      if (settled.has(attempt)) return;
      settled.add(attempt);
      try {
        deps.journal.settle(record);
      } catch (error) {
        // The call is over and the caller has a right to its answer. The reservation on disk stands for it: a restart settles
        // it at its worst case.
        deps.log.error({ err: error, id: record.id }, "settlement not written");
      }
      if (attempt.hold) deps.leases.settle(attempt.hold, record.costMicroUsd ?? 0);
      deps.recent.settle(record);
      deps.delivery.notice();
      count(deps.metrics, attempt.reservation, record);
    },
    /** What an earlier process left open settles as it was written down: at its worst case where it may have been spent. */
    settleLeftOver: (open: readonly UsageRecord[]): void => {
      for (const record of open) {
        const account = deps.book.find(record.budgetId ?? "", record.windowStart ?? "");
        if (account) account.spent += record.costMicroUsd ?? 0;
        deps.journal.settle(record);
        count(deps.metrics, record, record);
      }
    },
  };
}

function count(metrics: Metrics, reservation: UsageRecord, record: UsageRecord): void {
  const { route, model, outcome } = record;
  metrics.add("causeway_gateway_requests_total", { route, model, outcome });
  metrics.add("causeway_gateway_tokens_total", { model, direction: "input" }, record.inputTokens);
  metrics.add("causeway_gateway_tokens_total", { model, direction: "output" }, record.outputTokens);
  if (record.costMicroUsd === null) metrics.add("causeway_gateway_unpriced_total", { model });
  else {
    const labels = { model, notional: String(record.notional) };
    metrics.add("causeway_gateway_cost_micro_usd_total", labels, record.costMicroUsd);
    if (record.costMicroUsd > (reservation.costMicroUsd ?? 0)) {
      metrics.add("causeway_gateway_overrun_total", { model });
    }
  }
  if (record.estimated) metrics.add("causeway_gateway_estimated_total", { model });
  metrics.observe("causeway_gateway_duration_seconds", { route }, record.durationMs / 1000);
  if (record.ttftMs !== null) {
    metrics.observe("causeway_gateway_first_token_seconds", { route }, record.ttftMs / 1000);
  }
}
