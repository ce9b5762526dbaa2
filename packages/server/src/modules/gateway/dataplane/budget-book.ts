import type { LeaseGrant } from "@causeway/contract";

/** One budget in one window, as this gateway holds it. All amounts are micro-USD. */
export type Account = {
  readonly budgetId: string;
  readonly windowStart: string;
  readonly resetsAt: string;
  granted: number;
  /** Settled, also of calls that the control plane has not heard of yet. */
  spent: number;
  reserved: number;
  /** What all gateways had settled when the control plane last answered. */
  spentByAll: number;
  /** The cap at which the control plane had nothing more to give; undefined while it had. */
  exhaustedAtCap: number | undefined;
};
export type SavedAccount = Pick<
  Account,
  "budgetId" | "windowStart" | "resetsAt" | "granted" | "spent"
>;
export type AccountId = {
  readonly budgetId: string;
  readonly windowStart: string;
  readonly resetsAt: string;
};
export type BudgetBook = ReturnType<typeof createBudgetBook>;

/** The arithmetic of leases (I8): `spent + reserved ≤ min(granted, cap)` at all times, where every reservation is at least
 *  what its call will cost. No I/O, no clock. */
export function createBudgetBook() {
  const accounts = new Map<string, Account>();
  const open = (id: AccountId): Account => {
    const key = keyOf(id);
    const found = accounts.get(key);
    if (found) return found;
    const fresh: Account = {
      ...id,
      granted: 0,
      spent: 0,
      reserved: 0,
      spentByAll: 0,
      exhaustedAtCap: undefined,
    };
    accounts.set(key, fresh);
    return fresh;
  };
  return {
    open,
    tryReserve: (account: Account, amount: number, cap: number): boolean => {
      if (amount > freeOf(account, cap)) return false;
      account.reserved += amount;
      return true;
    },
    /** A call settles in the window that reserved it, whatever the time is now. */
    settle: (account: Account, reserved: number, actual: number): void => {
      account.reserved -= reserved;
      account.spent += actual;
    },
    applyGrant: (account: Account, grant: LeaseGrant, needed: number): void => {
      account.granted = grant.grantedMicroUsd;
      // After losing its memory a gateway starts from what the ledger holds; otherwise the ledger is behind, never ahead.
      account.spent = Math.max(account.spent, grant.settledMicroUsd);
      account.spentByAll = grant.settledByAllMicroUsd;
      account.exhaustedAtCap = grant.grantedMicroUsd < needed ? grant.capMicroUsd : undefined;
    },
    restore: (saved: SavedAccount): void => {
      Object.assign(open(saved), { granted: saved.granted, spent: saved.spent });
    },
    find: (budgetId: string, windowStart: string): Account | undefined =>
      accounts.get(`${budgetId} ${windowStart}`),
    /** Forgets windows that are over and owe nothing. */
    prune: (now: string): void => {
      for (const [key, account] of accounts) {
        if (account.resetsAt <= now && account.reserved === 0) accounts.delete(key);
      }
    },
    save: (): SavedAccount[] =>
      [...accounts.values()].map(({ budgetId, windowStart, resetsAt, granted, spent }) => ({
        budgetId,
        windowStart,
        resetsAt,
        granted,
        spent,
      })),
  };
}

export function freeOf(account: Account, cap: number): number {
  return Math.min(account.granted, cap) - account.spent - account.reserved;
}

function keyOf(id: AccountId): string {
  return `${id.budgetId} ${id.windowStart}`;
}
