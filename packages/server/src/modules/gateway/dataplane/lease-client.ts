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
import type { Journal } from "./journal-store.ts";
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
  const desk = createAskDesk(deps);
  return {
    /** Holds the worst case of a call, or throws the refusal that names the budget, its cap and its reset. */
    reserve: async (budget: SnapshotBudget, amount: number): Promise<BudgetHold> => {
      const window = windowAt(budget.window, deps.clock.now());
      const account = deps.book.open({
        budgetId: budget.id,
        windowStart: window.start,
        resetsAt: window.end,
      });
      const isHeld = deps.book.tryReserve(account, amount, budget.capMicroUsd);
      if (!isHeld) await reserveSlowly(deps, desk.of(account), { account, budget, amount });
      topUp(deps, desk.of(account), { account, budget });
      return { account, amount };
    },
    settle: (hold: BudgetHold, actual: number): void =>
      deps.book.settle(hold.account, hold.amount, actual),
    prune: (): void => {
      const now = deps.clock.now().toISOString();
      deps.book.prune(now);
      desk.prune(now);
    },
  };
}

type Asker = Waiting & { ask(needed: number): Promise<void> };

/** One ask at a time for an account; who comes meanwhile shares its answer. */
function createAskDesk(deps: LeaseDeps) {
  const askers = new Map<Account, Asker>();
  return {
    of: (account: Account): Asker => {
      const found = askers.get(account);
      if (found) return found;
      const asker: Asker = {
        asking: undefined,
        waitingMicroUsd: 0,
        ask: (needed) => {
          asker.asking ??= askOnce(deps, account, needed).finally(() => {
            asker.asking = undefined;
          });
          return asker.asking;
        },
      };
      askers.set(account, asker);
      return asker;
    },
    prune: (now: string): void => {
      for (const account of askers.keys()) if (account.resetsAt <= now) askers.delete(account);
    },
  };
}

type Wanted = {
  readonly account: Account;
  readonly budget: SnapshotBudget;
  readonly amount: number;
};

async function reserveSlowly(
  { book }: LeaseDeps,
  asker: Asker,
  { account, budget, amount }: Wanted,
): Promise<void> {
  asker.waitingMicroUsd += amount;
  try {
    for (;;) {
      if (book.tryReserve(account, amount, budget.capMicroUsd)) return;
      if (isExhausted(account, budget)) throw refused(account, budget, amount);
      // What another asked for may suffice; its failure is told to the one who asked.
      if (asker.asking) await asker.asking.catch(() => {});
      else await asker.ask(account.spent + account.reserved + asker.waitingMicroUsd);
    }
  } finally {
    asker.waitingMicroUsd -= amount;
  }
}

/** Asks in good time, so that a busy key far from its cap never waits. */
function topUp(
  { log }: LeaseDeps,
  asker: Asker,
  { account, budget }: Omit<Wanted, "amount">,
): void {
  const free = freeOf(account, budget.capMicroUsd);
  const used = account.spent + account.reserved;
  if (isExhausted(account, budget) || asker.asking || free * 16 > used) return;
  asker
    .ask(account.granted + 1)
    .catch((error: unknown) => log.debug({ err: error }, "lease not topped up"));
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
