import {
  ForbiddenError,
  formatUsd,
  LimitError,
  UnavailableError,
  type SnapshotBudget,
  type SnapshotKey,
} from "@causeway/contract";
import type { Clock } from "#platform/clock";
import type { Log } from "#platform/log";
import { windowAt } from "../budget-window.ts";
import { freeOf, type Account, type BudgetBook } from "./budget-book.ts";
import { ControlRefusalError, type ControlClient } from "./control-client.ts";
import type { Journal } from "./journal.ts";
import type { Tables } from "./snapshot-tables.ts";

export type LeaseDeps = {
  readonly book: BudgetBook;
  readonly control: Pick<ControlClient, "askLease">;
  readonly journal: Pick<Journal, "granted">;
  readonly clock: Clock;
  readonly log: Log;
};
export type Leases = ReturnType<typeof createLeases>;

/** A part of a budget that is held for one attempt until it settles. */
export type BudgetHold = { readonly account: Account; readonly amount: number };

type Waiting = { asking: Promise<void> | undefined; waitingMicroUsd: number };

/** Reserves from the gateway's leases and tops them up. Only a call that the lease cannot hold waits for the control plane. */
export function createLeases(deps: LeaseDeps) {
  const states = new Map<Account, Waiting>();
  const stateOf = (account: Account): Waiting => {
    const state = states.get(account) ?? { asking: undefined, waitingMicroUsd: 0 };
    states.set(account, state);
    return state;
  };

  /** One ask at a time for an account; who comes meanwhile shares its answer. */
  const ask = (account: Account, needed: number): Promise<void> => {
    const state = stateOf(account);
    state.asking ??= askOnce(deps, account, needed).finally(() => {
      state.asking = undefined;
    });
    return state.asking;
  };

  const topUp = (account: Account, budget: SnapshotBudget): void => {
    const free = freeOf(account, budget.capMicroUsd);
    const used = account.spent + account.reserved;
    if (isExhausted(account, budget) || stateOf(account).asking || free * 16 > used) return;
    ask(account, account.granted + 1).catch((error: unknown) =>
      deps.log.debug({ err: error }, "lease not topped up"),
    );
  };

  const reserveSlowly = async (
    account: Account,
    budget: SnapshotBudget,
    amount: number,
  ): Promise<void> => {
    const state = stateOf(account);
    state.waitingMicroUsd += amount;
    try {
      for (;;) {
        if (deps.book.tryReserve(account, amount, budget.capMicroUsd)) return;
        if (isExhausted(account, budget)) throw refused(account, budget, amount);
        if (state.asking) await state.asking.catch(() => {});
        else await ask(account, account.spent + account.reserved + state.waitingMicroUsd);
      }
    } finally {
      state.waitingMicroUsd -= amount;
    }
  };

  return {
    /** Holds the worst case of a call, or throws the refusal that names the budget, its cap and its reset. */
    reserve: async (budget: SnapshotBudget, amount: number): Promise<BudgetHold> => {
      const window = windowAt(budget.window, deps.clock.now());
      const account = deps.book.open({
        budgetId: budget.id,
        windowStart: window.start,
        resetsAt: window.end,
      });
      if (!deps.book.tryReserve(account, amount, budget.capMicroUsd)) {
        await reserveSlowly(account, budget, amount);
      }
      topUp(account, budget);
      return { account, amount };
    },
    settle: (hold: BudgetHold, actual: number): void =>
      deps.book.settle(hold.account, hold.amount, actual),
    prune: (): void => {
      deps.book.prune(deps.clock.now().toISOString());
      for (const account of states.keys()) {
        if (account.resetsAt <= deps.clock.now().toISOString()) states.delete(account);
      }
    },
  };
}

async function askOnce(deps: LeaseDeps, account: Account, needed: number): Promise<void> {
  const { budgetId, windowStart } = account;
  try {
    const grant = await deps.control.askLease({ budgetId, windowStart, neededMicroUsd: needed });
    deps.book.applyGrant(account, grant, needed);
    const { resetsAt, granted, spent } = account;
    deps.journal.granted({ budgetId, windowStart, resetsAt, granted, spent });
  } catch (error) {
    const reason =
      error instanceof ControlRefusalError ? `refuses (${error.message})` : "does not answer";
    throw new UnavailableError({
      code: "budget_lease_unavailable",
      message: `This gateway holds no more of ${budgetId} and the control plane, which could give it more, ${reason}`,
      fix: "Try again in a moment.",
      cause: error,
    });
  }
}

/** Nothing more can come until somebody raises the cap. */
function isExhausted(account: Account, budget: SnapshotBudget): boolean {
  return account.exhaustedAtCap !== undefined && account.exhaustedAtCap >= budget.capMicroUsd;
}

function refused(account: Account, budget: SnapshotBudget, amount: number): LimitError {
  const spent = Math.max(account.spentByAll, account.spent);
  const reserved =
    account.reserved > 0 ? `, ${formatUsd(account.reserved)} held for calls under way` : "";
  return new LimitError({
    code: "budget_exceeded",
    message: `The budget ${budget.ref} cannot pay for this call: of ${formatUsd(budget.capMicroUsd)} a ${budget.window} ${formatUsd(spent)} are spent${reserved}, and the call may cost up to ${formatUsd(amount)}`,
    fix: `It resets at ${account.resetsAt}; a smaller max_tokens needs less; its owner can raise the cap.`,
    extra: {
      budget: {
        ref: budget.ref,
        window: budget.window,
        capMicroUsd: budget.capMicroUsd,
        spentMicroUsd: spent,
        reservedMicroUsd: account.reserved,
        neededMicroUsd: amount,
        resetsAt: account.resetsAt,
      },
    },
  });
}

/** The budget of a key; a key that names one that is not there may spend nothing. */
export function findBudget(tables: Tables, key: SnapshotKey): SnapshotBudget | undefined {
  if (key.budgetId === null) return undefined;
  const budget = tables.budgets.get(key.budgetId);
  if (budget) return budget;
  throw new ForbiddenError({
    code: "budget_not_found",
    message: `The key "${key.name}" is paid by ${key.budgetId}, which does not exist`,
    fix: "Create that Budget, or make a key with another one.",
  });
}
