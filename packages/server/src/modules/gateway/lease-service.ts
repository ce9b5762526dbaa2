import {
  NotFoundError,
  ourKinds,
  parseUsd,
  refOfEntity,
  type BudgetView,
  type Entity,
  type LeaseGrant,
  type LeaseRequest,
} from "@causeway/contract";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db/database";
import { windowAt } from "./budget-window.ts";
import { decideGrant } from "./decide-grant.ts";
import type { CatalogPort } from "./ports.ts";
import { listWindowSpend, lockWindow, readGrants, writeGrant } from "./store/grants.ts";

export type LeaseDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly catalog: CatalogPort;
};

type Budget = {
  readonly ref: string;
  readonly owner: string;
  readonly subject: string;
  readonly capMicroUsd: number;
  readonly window: "day" | "month";
};

/** Hands a gateway its part of a budget (I8). The window is the one the gateway reserves in, so that clocks that differ by
 *  seconds around midnight do not matter. */
export async function grantLease(deps: LeaseDeps, ask: LeaseRequest): Promise<LeaseGrant> {
  const entity = await deps.catalog.find(ask.budgetId);
  const budget = entity && toBudget(entity);
  if (!budget) {
    throw new NotFoundError({
      code: "budget_not_found",
      message: `There is no budget ${ask.budgetId}`,
    });
  }
  const windowStart = new Date(ask.windowStart);
  const window = { budgetId: ask.budgetId, windowStart };
  return deps.db.transaction().execute(async (tx) => {
    await lockWindow(tx, window);
    const held = await readGrants(tx, window, ask.gateway);
    const granted = decideGrant({
      capMicroUsd: budget.capMicroUsd,
      heldByAllMicroUsd: held.byAll,
      heldByThisMicroUsd: held.byThis,
      neededMicroUsd: ask.neededMicroUsd,
    });
    if (granted !== held.byThis) {
      await writeGrant(tx, window, { gateway: ask.gateway, grantedMicroUsd: granted });
    }
    const spend = await listWindowSpend(tx, [window]);
    const settled = (rows: typeof spend): number =>
      rows.reduce((sum, row) => sum + row.realMicroUsd + row.notionalMicroUsd, 0);
    return {
      budgetId: ask.budgetId,
      windowStart: windowStart.toISOString(),
      resetsAt: windowAt(budget.window, windowStart).end,
      capMicroUsd: budget.capMicroUsd,
      grantedMicroUsd: granted,
      settledMicroUsd: settled(spend.filter((row) => row.gateway === ask.gateway)),
      settledByAllMicroUsd: settled(spend),
    };
  });
}

export async function listBudgets(deps: LeaseDeps): Promise<BudgetView[]> {
  const now = deps.clock.now();
  const budgets = (await deps.catalog.list({ kind: "Budget" })).flatMap(
    (entity) => toBudget(entity) ?? [],
  );
  const windows = budgets.map((budget) => windowAt(budget.window, now));
  const spend = await listWindowSpend(
    deps.db,
    budgets.map((budget, index) => ({
      budgetId: budget.ref,
      windowStart: new Date(windows[index]?.start ?? now),
    })),
  );
  return budgets.map((budget) => {
    const window = windowAt(budget.window, now);
    const rows = spend.filter((row) => row.budgetId === budget.ref);
    return {
      ...budget,
      windowStart: window.start,
      resetsAt: window.end,
      spentMicroUsd: rows.reduce((sum, row) => sum + row.realMicroUsd, 0),
      notionalMicroUsd: rows.reduce((sum, row) => sum + row.notionalMicroUsd, 0),
    };
  });
}

function toBudget(entity: Entity): Budget | undefined {
  const spec = ourKinds.Budget.safeParse(entity.spec);
  const capMicroUsd = spec.success ? parseUsd(spec.data.capUsd) : undefined;
  if (!spec.success || capMicroUsd === undefined) return undefined;
  const { owner, subject, window } = spec.data;
  return { ref: refOfEntity(entity), owner, subject, capMicroUsd, window };
}
